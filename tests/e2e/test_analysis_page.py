"""A page per analysis: a form from its parameters, a run, and the same as a command and in Python."""

import json
import re
import shlex

import pytest
from playwright.sync_api import expect

from papaver.app.cli import _call
from papaver.app.registry import analyses

pytestmark = pytest.mark.browser
API = "/api/v1"


def test_the_list_names_every_analysis_and_its_question(workbench, visit):
    page = visit(workbench.address, "/analyses")
    for one in analyses().values():
        row = page.get_by_role("row").filter(has=page.get_by_role("link", name=one.title, exact=True))
        expect(row).to_contain_text(one.name)
    first = next(iter(analyses().values()))
    page.get_by_role("main").get_by_role("link", name=first.title, exact=True).click()
    expect(page.get_by_role("heading", level=1, name=first.title)).to_be_visible()


def test_the_form_is_made_from_the_parameters(workbench, visit, api):
    told = api(f"{workbench.address}{API}/analyses/detect")
    page = visit(workbench.address, "/analyses/detect")
    form = page.get_by_role("form", name="Parameters")
    for name in told["params_schema"]["properties"]:
        expect(form.locator(f"[name={name}]")).to_have_count(1)
    expect(form.get_by_label(re.compile("^Method"))).to_have_value(told["defaults"]["method"])
    expect(form.get_by_label(re.compile("^Method"))).to_have_role("combobox")
    expect(page.get_by_test_id("readme").get_by_role("heading", name="When not to use it")).to_be_visible()


def test_a_run_shows_what_the_command_and_python_give(workbench, visit, capsys, monkeypatch):
    page = visit(workbench.address, "/analyses/detect")
    form = page.get_by_role("form", name="Parameters")
    form.get_by_label(re.compile("^Range")).fill("6")
    form.get_by_role("button", name="Run").click()
    expect(page).to_have_url(re.compile("range=6"))
    run = page.get_by_test_id("run")
    expect(run).to_contain_text(re.compile(r"\d+ findings? as known on"))
    raised = int(re.match(r"([\d,]+) finding", run.inner_text())[1].replace(",", ""))
    rows = int(re.search(r"([\d,]+) rows in detect", run.inner_text())[1].replace(",", ""))
    assert rows > 0
    expect(run.get_by_test_id("run-findings").get_by_role("row")).to_have_count(raised + 1 if raised else 0)
    expect(run.get_by_role("columnheader", name="Upperbound").first).to_be_visible()

    again = page.get_by_test_id("again")
    command, python = again.locator("pre").all_inner_texts()
    assert command.startswith("papaver run detect --set range=6")
    assert len(python.splitlines()) == 3
    monkeypatch.setenv("PAPAVER_WORKSPACE", str(workbench.folder))
    assert _call([*shlex.split(command)[1:], "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (len(said["findings"]), len(said["tables"]["detect"])) == (raised, rows)
    room: dict[str, object] = {}
    exec(python, room)
    assert len(room["answer"].findings) == raised


def test_a_run_is_known_on_a_day(workbench, visit):
    path = "/analyses/detect?range=6&run=1"
    now = visit(workbench.address, f"{path}&known_on={workbench.latest}").get_by_test_id("run")
    then = visit(workbench.address, f"{path}&known_on={workbench.earlier}").get_by_test_id("run")
    for run in (now, then):
        expect(run.get_by_role("columnheader", name="Period start").first).to_be_visible()
    assert re.search(rf"as known on {workbench.earlier.day} {workbench.earlier:%b}", then.inner_text())
    assert now.inner_text() != then.inner_text()


def test_an_invalid_value_is_told_beside_its_field(workbench, visit):
    page = visit(workbench.address, "/analyses/detect")
    form = page.get_by_role("form", name="Parameters")
    alpha = form.get_by_label(re.compile("^Alpha"))
    alpha.fill("1.5")
    form.get_by_role("button", name="Run").click()
    expect(alpha).to_have_attribute("aria-invalid", "true")
    expect(alpha).to_be_focused()
    expect(alpha).to_have_accessible_description(re.compile("below 1"))
    expect(page.get_by_test_id("run")).to_have_count(0)
    form.get_by_role("button", name="Defaults").click()
    expect(alpha).to_have_attribute("aria-invalid", "false")


def test_what_only_the_server_knows_is_told_beside_its_field(workbench, visit):
    page = visit(workbench.address, "/analyses/detect?every=fortnight&run=1", refused=(422,))
    field = page.get_by_role("form", name="Parameters").get_by_label(re.compile("^Every"))
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(field).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("fortnight")


def test_an_analysis_that_is_not_installed_helps(workbench, visit):
    page = visit(workbench.address, "/analyses/ports", refused=(404, 422))
    expect(page.get_by_role("main")).to_contain_text("ports")
    expect(page.get_by_role("main").get_by_role("link", name=re.compile("Analyses|Inbox"))).to_be_visible()


def test_a_run_says_simulated_of_simulated_findings_only(workbench, visit):
    page = visit(workbench.address, "/analyses/detect?run=1")
    findings = page.get_by_test_id("run-findings")
    expect(findings).to_be_visible()
    for place in ("Latvia", "Connecticut") if workbench.simulated else ("Connecticut",):
        findings.get_by_role("link", name=re.compile(f", {place}$")).first.click()
        drawn = page.locator(".timeline")
        expect(drawn.get_by_role("heading", level=2)).to_be_visible()
        expect(drawn.get_by_text("SIMULATED", exact=True)).to_have_count(1 if place == "Latvia" else 0)
        chosen = page.get_by_label("Shown").locator("option:checked")
        expect(chosen).to_contain_text("LV" if place == "Latvia" else "US-CT")
