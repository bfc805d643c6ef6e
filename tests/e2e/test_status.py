"""What people do with a finding: from the keyboard, with a reason, and never over somebody else's work."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
REASON = "The laboratory confirmed a transcription error in two samples."


def selected(page: Page) -> str:
    """The key of the finding beside the list."""
    article = page.get_by_role("article")
    expect(article).to_be_visible()
    return article.get_attribute("data-key")


def choose(page: Page, word: str) -> None:
    """Take a status from the menu by its digit."""
    page.keyboard.press("a")
    menu = page.get_by_role("menu", name="Next status")
    item = menu.get_by_role("menuitem", name=re.compile(rf"^{word}( …)?\s*\d$"))
    page.keyboard.press(item.locator("kbd").inner_text())


def test_a_finding_is_verified_and_closed_from_the_keyboard(own_workbench, visit):
    page = visit(own_workbench.address)
    key = selected(page)
    before = page.get_by_test_id("finding-row").count()
    choose(page, "verifying")
    expect(page.get_by_test_id("toast")).to_contain_text("Verifying. Saved.")
    expect(page.get_by_test_id("status")).to_have_attribute("data-status", "verifying")

    choose(page, "closed")
    page.get_by_role("radio", name="data artefact").check()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Say in a sentence how it is known.")
    page.get_by_role("textbox", name="One sentence").fill(REASON)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Close finding")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("toast")).to_contain_text("Closed. Saved.")
    expect(page.get_by_test_id("finding-row")).to_have_count(before - 1)
    expect(page.get_by_role("link", name="Closed 1")).to_be_visible()

    page.goto(f"{own_workbench.address}/findings/{key}?tab=history")
    changes = page.get_by_test_id("history").get_by_role("table").first
    expect(changes).to_contain_text("new to verifying")
    last = changes.get_by_role("row").filter(has_text="verifying to closed")
    expect(last).to_contain_text(f"data artefact. {REASON}")
    expect(page.get_by_test_id("status")).to_have_attribute("data-status", "closed")


def test_closing_asks_for_a_code(own_workbench, visit):
    page = visit(own_workbench.address)
    selected(page)
    choose(page, "closed")
    page.get_by_role("textbox", name="One sentence").fill(REASON)
    page.get_by_role("button", name="Close finding").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Choose what it was")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("status")).to_have_attribute("data-status", "new")


def test_a_stale_tab_is_shown_both_versions(own_workbench, visit):
    mine = visit(own_workbench.address, refused=(409,))
    key = selected(mine)
    other = visit(own_workbench.address, f"/findings/{key}")
    selected(other)
    choose(other, "verifying")
    expect(other.get_by_test_id("status")).to_have_attribute("data-status", "verifying")

    choose(mine, "closed")
    mine.get_by_role("radio", name="duplicate").check()
    mine.get_by_role("textbox", name="One sentence").fill(REASON)
    mine.get_by_role("button", name="Close finding").click()
    conflict = mine.get_by_role("alert").filter(has_text="Not saved")
    expect(conflict).to_contain_text("verifying")
    expect(conflict).to_contain_text(f"closed: duplicate{REASON}")
    conflict.get_by_role("button", name="Save yours after it").click()
    expect(mine.get_by_test_id("toast")).to_contain_text("Closed. Saved.")
    other.goto(f"{own_workbench.address}/findings/{key}?tab=history")
    expect(other.get_by_test_id("history")).to_contain_text("verifying to closed")
    expect(other.get_by_test_id("history")).to_contain_text("new to verifying")
