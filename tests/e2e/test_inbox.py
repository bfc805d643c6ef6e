"""Opening the workbench: what has changed, one finding after the other, as known on a day."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
API = "/api/v1"


def heading(page: Page):
    """The title of the finding that is shown."""
    return page.get_by_role("article").get_by_role("heading", level=1)


def first_sentence(title):
    """The claim of a title, which the list and the page show; what follows it is said below."""
    return re.split(r"\. (?=[A-Z0-9])", title)[0].rstrip(".")


def test_the_inbox_opens_with_the_first_finding_selected(workbench, visit, api):
    wanted = api(f"{workbench.address}{API}/findings?status=open")["findings"]
    page = visit(workbench.address)
    rows = page.get_by_test_id("finding-row")
    expect(rows).to_have_count(len(wanted))
    shown = [row.get_attribute("data-key") for row in rows.all()]
    assert shown == [item["finding"]["key"] for item in wanted], "the list is not in the order of the desk"

    claim = first_sentence(wanted[0]["finding"]["title"])
    expect(rows.first.get_by_role("link")).to_have_attribute("aria-current", "true")
    expect(rows.first.get_by_role("link")).to_have_text(claim)
    expect(heading(page)).to_have_text(claim)
    assert f"finding={shown[0]}" in page.url


def test_j_and_k_move_through_the_list(workbench, visit):
    page = visit(workbench.address)
    rows = page.get_by_test_id("finding-row")
    claims = rows.get_by_role("link")
    expect(heading(page)).to_have_text(claims.first.inner_text())
    for key, at in (("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(claims.nth(at)).to_have_attribute("aria-current", "true")
        expect(claims.nth(at)).to_be_focused()
        expect(heading(page)).to_have_text(claims.nth(at).inner_text())


def test_a_word_filters_the_list_and_stays_in_the_address(workbench, visit):
    page = visit(workbench.address)
    rows = page.get_by_test_id("finding-row")
    word = "metonitazene" if workbench.simulated else "xylazine"
    all_rows = rows.count() if expect(rows.first).to_be_visible() is None else 0
    page.keyboard.press("f")
    page.keyboard.type(word)
    expect(rows.filter(has_not_text=re.compile(word, re.IGNORECASE))).to_have_count(0)
    assert 0 < rows.count() < all_rows
    assert f"q={word}" in page.url
    page.get_by_role("searchbox").fill("no such word")
    expect(page.get_by_role("link", name="Clear the filter")).to_be_visible()
    page.get_by_role("link", name="Clear the filter").click()
    expect(rows).to_have_count(all_rows)


def test_an_earlier_day_shows_what_was_known_then(workbench, visit, api):
    asked = f"{workbench.address}{API}/findings?status=open&known_on={workbench.earlier}"
    then = [item["finding"]["key"] for item in api(asked)["findings"]]
    now = [item["finding"]["key"] for item in api(f"{workbench.address}{API}/findings?status=open")["findings"]]
    assert then != now, "choose a day on which something else was known"
    # The finding beside the list may not have been known then; the page says so in its place.
    page = visit(workbench.address, refused=(404,))
    rows = page.get_by_test_id("finding-row")
    expect(rows).to_have_count(len(now))

    page.get_by_role("button", name=re.compile("^As known on .*Type a date")).click()
    page.get_by_label("As known on, date").fill(workbench.earlier.isoformat())
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"known_on={workbench.earlier}"))
    expect(rows).to_have_count(len(then))
    assert [row.get_attribute("data-key") for row in rows.all()] == then
    if now[0] not in then:
        expect(page.get_by_role("region", name="Finding")).to_contain_text("This finding was not known on")
    day = f"{workbench.earlier.day} {workbench.earlier:%B}"
    expect(page.get_by_role("banner")).to_contain_text(re.compile(f"Shown as known on {day}"))

    page.get_by_role("banner").get_by_role("link", name="Return to latest").click()
    expect(rows).to_have_count(len(now))
    assert "known_on" not in page.url


def test_arrow_keys_step_through_the_deliveries(workbench, visit, api):
    deliveries = api(f"{workbench.address}{API}/status")["deliveries"]
    days = sorted({delivery["known_from"][:10] for delivery in deliveries})
    page = visit(workbench.address, refused=(404,))
    slider = page.get_by_role("slider", name=re.compile("As known on"))
    slider.press("ArrowLeft")
    if len(days) == 1:
        # Connecticut arrived at once: there is one stop, and a day is typed.
        assert "known_on" not in page.url
    else:
        expect(page).to_have_url(re.compile(f"known_on={[d for d in days if d < workbench.latest.isoformat()][-1]}"))
        slider.press("End")
        expect(page).not_to_have_url(re.compile("known_on"))


def test_a_link_reopens_the_same_view(workbench, visit):
    page = visit(workbench.address)
    page.get_by_test_id("finding-row").get_by_role("link").nth(1).click()
    page.get_by_role("link", name="Why", exact=True).click()
    expect(page.get_by_role("link", name="Why", exact=True)).to_have_attribute("aria-current", "page")
    claim = heading(page).inner_text()
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile("/findings/"))
    expect(heading(page)).to_have_text(claim)
    page.go_back()
    expect(page).to_have_url(re.compile("tab=why"))

    address = f"{page.url}&known_on={workbench.latest}"
    again = visit(workbench.address, address.removeprefix(workbench.address))
    expect(heading(again)).to_have_text(claim)
    expect(again.get_by_role("link", name="Why", exact=True)).to_have_attribute("aria-current", "page")
    expect(again.get_by_role("heading", name="Contribution per stream")).to_be_visible()
    expect(again.get_by_test_id("finding-row").get_by_role("link").nth(1)).to_have_attribute("aria-current", "true")


def test_simulated_is_said_of_what_is_simulated_and_of_nothing_else(workbench, visit, api):
    items = api(f"{workbench.address}{API}/findings?status=open")["findings"]
    page = visit(workbench.address)
    rows = page.get_by_test_id("finding-row")
    expect(rows).to_have_count(len(items))
    assert {item["simulated"] for item in items} == ({True, False} if workbench.simulated else {False})
    expect(page.get_by_test_id("simulated-data")).to_have_count(1 if workbench.simulated else 0)
    for made_up in {item["simulated"] for item in items}:
        key = next(item["finding"]["key"] for item in items if item["simulated"] is made_up)
        page.locator(f"[data-finding={key}]").click()
        article = page.get_by_role("article")
        expect(article).to_have_attribute("data-key", key)
        for part in ("Overview", "Why", re.compile("^Evidence")):
            article.get_by_role("link", name=part, exact=isinstance(part, str)).click()
            said = article.get_by_text("SIMULATED", exact=True)
            expect(said.first).to_be_visible() if made_up else expect(said).to_have_count(0)


def test_an_unknown_address_helps(workbench, visit):
    page = visit(workbench.address, "/situations/14")
    expect(page.get_by_role("heading", level=1)).to_have_text("No page at this address")
    expect(page.get_by_role("main")).to_contain_text("/situations/14")
    page.get_by_role("main").get_by_role("link", name="Inbox").click()
    expect(page.get_by_test_id("finding-row").first).to_be_visible()


def test_a_finding_that_is_not_there_helps(workbench, visit):
    page = visit(workbench.address, "/findings/detect-0000000000000000", refused=(404,))
    expect(page.get_by_role("heading", level=1)).to_have_text("No such finding")
    page.get_by_role("main").get_by_role("link", name="Inbox").click()
    expect(page.get_by_test_id("finding-row").first).to_be_visible()
