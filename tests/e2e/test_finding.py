"""One finding: why it was raised, the numbers behind the drawing, the records behind the numbers."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
API = "/api/v1"


def chosen(workbench, api, analysis, place=None):
    """The first finding of an analysis in the inbox."""
    items = api(f"{workbench.address}{API}/findings?status=open")["findings"]
    return next(
        item["finding"]["key"]
        for item in items
        if item["finding"]["analysis"] == analysis and place in (None, item["finding"]["where"])
    )


def detail(workbench, api, key):
    """What the server says of a finding."""
    return api(f"{workbench.address}{API}/findings/{key}")


def test_why_says_what_was_observed_and_what_was_expected(workbench, visit, api):
    key = chosen(workbench, api, "detect")
    why = detail(workbench, api, key)["finding"]["why"]
    page = visit(workbench.address, f"/findings/{key}?tab=why")
    table = page.get_by_role("region", name="Contribution per stream")
    rows = table.get_by_role("row")
    expect(rows).to_have_count(len(why) + 1)
    strongest = max(why, key=lambda part: part["share"] or 0)
    cells = rows.nth(1).get_by_role("cell")
    expect(cells.nth(1)).to_have_text(f"{strongest['observed']:.0f}")
    expect(cells.nth(2)).to_have_text(f"{strongest['expected']:.1f}")
    expect(cells.last).to_have_text(f"{round(100 * strongest['share'])} %")
    # Names are for people: identifiers of the store stay in the store.
    expect(cells.first).not_to_have_text(re.compile(r"[|_]"))


def test_the_series_shows_threshold_and_alarms_and_has_a_table_behind_it(workbench, visit, api):
    key = chosen(workbench, api, "detect")
    view = next(v for v in detail(workbench, api, key)["views"] if v["kind"] == "series")
    alarms = sum(bool(row[view["alarm"]]) for row in view["rows"])
    page = visit(workbench.address, f"/findings/{key}")
    series = page.get_by_role("region", name=view["title"], exact=True)
    # The chart may keep to the last periods; all of them are one click away.
    more = series.get_by_role("button", name=re.compile(r"^all [\d,]+ "))
    if more.count():
        more.click()
    drawing = series.get_by_test_id("series").get_by_role("img")
    expect(drawing).to_have_accessible_name(re.compile(rf"\b{alarms} alarms?\b"))
    expect(series.get_by_test_id("alarm")).to_have_count(alarms)
    expect(series.get_by_test_id("threshold")).not_to_have_count(0)
    expect(drawing).to_contain_text(re.compile(r"threshold \d"))
    for tick in drawing.locator("text.axis").all_text_contents():
        assert "e+" not in tick, "a count is written out"

    series.get_by_role("button", name="table", exact=True).first.click()
    table = series.get_by_role("region", name=f"{view['title']}, table")
    newest = view["rows"][-1]
    cells = table.get_by_role("row").nth(1).get_by_role("cell")
    shown = "–" if newest[view["observed"]] is None else f"{newest[view['observed']]:,.0f}"
    expect(cells.nth(1)).to_have_text(shown)
    heads = table.get_by_role("columnheader").all_inner_texts()
    assert {"Observed", "Expected", "Threshold", "Alarm"} <= {head.strip() for head in heads}


def test_every_finding_leads_down_to_a_file_and_a_row(workbench, visit, api):
    items = api(f"{workbench.address}{API}/findings?status=open")["findings"]
    page = visit(workbench.address)
    for item in items:
        key, n = item["finding"]["key"], item["finding"]["evidence"]["n"]
        page.goto(f"{workbench.address}/findings/{key}?tab=evidence")
        links = page.get_by_role("link", name=re.compile(r"^Row \d+ of the source file"))
        expect(links.first).to_be_visible()
        expect(page.get_by_role("table")).to_have_attribute("aria-rowcount", str(n + 1))


def test_a_row_opens_beside_the_table(workbench, visit, api):
    key = chosen(workbench, api, "detect")
    page = visit(workbench.address, f"/findings/{key}?tab=evidence")
    link = page.get_by_role("link", name=re.compile(r"^Row \d+ of the source file")).first
    number = link.inner_text()
    link.click()
    opened = page.get_by_role("complementary", name=re.compile("^Record "))
    file = "simulated_count.csv" if workbench.simulated else "ct_accidental_drug_deaths_2012_2022.csv.gz"
    expect(opened).to_contain_text(f"{file}, row {number}")
    expect(opened.get_by_role("term").first).to_be_visible()
    assert "record=" in page.url
    again = visit(workbench.address, page.url.removeprefix(workbench.address))
    expect(again.get_by_role("complementary", name=re.compile("^Record "))).to_contain_text(file)
    page.keyboard.press("Escape")
    expect(opened).to_have_count(0)


def test_a_finding_is_not_shown_before_it_was_known(workbench, visit, api):
    key = chosen(workbench, api, "detect")
    path = f"/findings/{key}?known_on={workbench.earlier.replace(year=2012)}"
    page = visit(workbench.address, path, refused=(404,))
    expect(page.get_by_role("main")).to_contain_text("Not known on this date")
    page.get_by_role("link", name="As known on the latest delivery").click()
    expect(page.get_by_role("article")).to_have_attribute("data-key", key)
    assert "known_on" not in page.url


def test_who_reported_tells_no_report_from_zero(workbench, visit, api):
    """Estonia did not report two weeks of August 2025: hatched, counted as missing, and a gap in the line."""
    items = api(f"{workbench.address}{API}/findings?status=all")["findings"]
    silent = next((i["finding"]["key"] for i in items if missing_weeks(workbench, api, i)), None)
    if not workbench.simulated:
        assert silent is None, "Connecticut's file tells of no missing report"
        key = chosen(workbench, api, "emerge")
        page = visit(workbench.address, f"/findings/{key}")
        expect(page.get_by_role("article")).to_be_visible()
        expect(page.get_by_test_id("state-none")).to_have_count(0)
        return
    page = visit(workbench.address, f"/findings/{silent}")
    more = page.get_by_role("button", name=re.compile(r"^all [\d,]+ weeks"))
    if more.count():
        more.first.click()
    strip = page.get_by_test_id("coverage").first
    expect(strip.get_by_test_id("state-none").first).to_be_visible()
    hatched = strip.get_by_test_id("state-none").first
    assert hatched.evaluate("cell => cell.querySelector('rect').getAttribute('fill')").startswith("url(")
    zero = strip.get_by_test_id("state-zero")
    assert zero.count() == 0 or zero.first.inner_html() != hatched.inner_html()
    expect(page.get_by_test_id("coverage").first).to_be_visible()
    expect(page.get_by_role("article")).to_contain_text("no report")


def missing_weeks(workbench, api, item):
    """Whether a finding's coverage holds a week without a report."""
    if not (item["simulated"] and item["finding"]["where"] == "EE"):
        return False
    coverage = detail(workbench, api, item["finding"]["key"])["coverage"]
    return coverage is not None and any("none" in stream["states"] for stream in coverage["streams"])


def labels_of(page: Page) -> list[tuple[float, float, float, float]]:
    """The boxes of the words beside the coverage strip."""
    return page.locator(".coverage-label").evaluate_all(
        "all => all.map(e => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom] })"
    )


@pytest.mark.parametrize("width", [390, 1440, 1920])
def test_nothing_is_wider_than_the_screen(workbench, visit, api, width):
    key = chosen(workbench, api, "detect")
    page = visit(workbench.address, f"/findings/{key}", width=width)
    expect(page.get_by_test_id("series").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    column = page.locator(".main-column").bounding_box()
    assert all(right <= column["x"] + column["width"] + 1 for _, _, right, _ in labels_of(page))
