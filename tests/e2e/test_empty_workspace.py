"""A workspace in which nothing happened yet says what to do next."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_an_empty_workspace_says_how_to_begin(made, served, visit):
    address = served("empty")
    page = visit(address)
    inbox = page.get_by_test_id("inbox")
    expect(inbox).to_contain_text("papaver add FILE")
    expect(page.get_by_role("banner")).to_contain_text("No deliveries yet")
    page = visit(address, "/analyses/detect?run=1")
    expect(page.get_by_test_id("run")).to_contain_text("0 findings")
    expect(page.get_by_test_id("run")).to_contain_text("Nothing was raised")
