"""Every view of every analysis's example is drawn without a word on the console; the registry is the list of cases."""

import json
from importlib.resources import as_file, files

import pytest
from playwright.sync_api import expect

from papaver.app.adding import add
from papaver.app.registry import analysis, modules
from papaver.app.update import update
from papaver.app.values import params_from_text
from papaver.app.workspace import make_workspace

pytestmark = pytest.mark.browser


@pytest.fixture(params=list(modules()))
def example(request, tmp_path):
    """A workspace holding the example of an analysis, updated with the example's parameters."""
    name = request.param
    with as_file(files(modules()[name]) / "example") as folder:
        run = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["run"]
        params = params_from_text(analysis(name).params, run.get("set", ()))
        lines = [f"{key} = {json.dumps(value)}" for key, value in params.items() if value is not None]
        toml = "\n".join(['name = "example"', f"[analyses.{name}]", *lines, ""])
        workspace = make_workspace(tmp_path / "workspace", toml)
        for kind, file in run["data"].items():
            add(workspace, [folder / file], kind, run.get("lag"), "increment")
    list(update(workspace, workspace.evidence().latest()))
    return name, workspace


def test_every_view_of_the_example_is_drawn(example, serving_one, visit, api):
    name, workspace = example
    address = serving_one(workspace)
    items = api(f"{address}/api/v1/findings?status=all")["findings"]
    own = [item["finding"]["key"] for item in items if item["finding"]["analysis"] == name]
    assert own, f"the example of {name} raises nothing, so nothing of it is drawn"
    kinds = set()
    page = visit(address)
    for key in own:
        views = api(f"{address}/api/v1/findings/{key}")["views"]
        kinds |= {view["kind"] for view in views}
        page.goto(f"{address}/findings/{key}?tab=why")
        expect(page.get_by_role("article")).to_have_attribute("data-key", key)
        drawn = page.get_by_test_id("series").or_(page.get_by_test_id("table"))
        expect(drawn).to_have_count(sum(view["kind"] in ("series", "table") for view in views))
        expect(page.get_by_test_id("error")).to_have_count(0)
        page.goto(f"{address}/findings/{key}?tab=evidence")
        expect(page.get_by_test_id("evidence")).to_have_count(sum(view["kind"] == "evidence" for view in views))
    assert "evidence" in kinds

    page.goto(f"{address}/analyses/{name}?run=1")
    expect(page.get_by_test_id("run")).to_be_visible()
    expect(page.get_by_test_id("error")).to_have_count(0)
    page.goto(f"{address}/analyses/{name}")
    expect(page.get_by_test_id("readme").get_by_role("heading", name="Limits")).to_be_visible()
