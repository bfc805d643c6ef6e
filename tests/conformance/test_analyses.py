"""What every analysis promises, whoever wrote it."""

import ast
import csv
import json
import math
import random
import re
import socket
import subprocess
import sys
import time
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import pytest

import papaver
from conformance.examples import example_of
from papaver.app.cli import _call
from papaver.app.registry import analysis, modules
from papaver.app.replay import replay
from papaver.app.running import View, run_on_files
from papaver.sources import read
from papaver.store import in_memory

HEADINGS = ("Method", "Limits", "When not to use it", "References")


def test_the_example_reproduces_what_its_source_says(analysis_name):
    example = example_of(analysis_name)
    assert len(example.expected["source"]) > 20, "expected.json must name where its numbers come from"
    document = example.run().document()
    tolerance = example.expected.get("relative_tolerance", 1e-9)
    for name, wanted in example.expected["tables"].items():
        found = {tuple(row[k] for k in wanted["key"]): row for row in document["tables"][name]}
        for row in wanted["rows"]:
            same_as(found[tuple(row[k] for k in wanted["key"])], row, tolerance)
    for wanted in example.expected.get("findings", ()):
        assert any(matches(finding, wanted) for finding in document["findings"]), wanted


def same_as(found, wanted, tolerance):
    """Every cell that the source gives, equal within the tolerance."""
    for column, value in wanted.items():
        if isinstance(value, float) and not isinstance(value, bool):
            assert found[column] is not None, (column, wanted)
            assert math.isclose(found[column], value, rel_tol=tolerance, abs_tol=tolerance), (column, found, wanted)
        else:
            assert found[column] == value, (column, found, wanted)


def matches(found, wanted):
    """Whether a document holds at least what is wanted."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(k in found and matches(found[k], v) for k, v in wanted.items())
    return found == wanted


def test_command_line_and_python_say_the_same(analysis_name, capsys):
    example = example_of(analysis_name)
    assert _call(["run", analysis_name, *example.arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out, parse_constant=lambda word: pytest.fail(f"{word} in JSON"))
    answer = papaver.run(analysis_name, data=dict(example.files), lag=example.lag, **example.params)
    assert told == json.loads(json.dumps(answer.document(), default=str))
    assert list(told) == [
        "analysis", "version", "params", "known_on", "batch_id", "findings", "tables", "notes", "views",
    ]  # fmt: skip


def test_http_says_the_same(analysis_name, tmp_path, request):
    from starlette.testclient import TestClient

    from papaver.app.adding import add
    from papaver.app.http import create_app
    from papaver.app.running import run_on
    from papaver.app.workspace import make_workspace

    example = example_of(analysis_name)
    workspace = make_workspace(tmp_path / "workspace")
    request.addfinalizer(workspace.close)
    for name, file in example.files:
        add(workspace, [file], name, example.lag, "increment")
    known_on = workspace.evidence().latest()
    asked = {"params": analysis(analysis_name).params(**example.params).model_dump(mode="json")}
    asked["known_on"] = known_on.isoformat() if known_on else None
    with TestClient(create_app(workspace)) as client:
        answer = client.post(f"/api/v1/analyses/{analysis_name}/run", json=asked)
        assert answer.status_code == 200, answer.text
        expected = run_on(workspace.evidence(), analysis_name, example.params, known_on).document()
        assert answer.json() == json.loads(json.dumps(expected, default=str))
        assert client.get(f"/api/v1/analyses/{analysis_name}").json()["readme_html"].startswith("<h1>")


def test_the_order_of_rows_does_not_matter(analysis_name, tmp_path):
    example = example_of(analysis_name)
    shuffled = []
    for name, file in example.files:
        with file.open(encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream)
        random.Random(20260407).shuffle(rows)
        other = tmp_path / file.name
        with other.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([header, *rows])
        shuffled.append((name, other))
    assert without_rows_of_files(example.run(shuffled)) == without_rows_of_files(example.run())


def without_rows_of_files(answer):
    """A document without what names a row of a file: it moved."""
    document = json.loads(json.dumps(answer.document(), default=str))
    document.pop("batch_id")
    for finding in document["findings"]:
        finding.pop("batch_id")
    document["notes"] = sorted(re.sub(r"rows? [\d, and]+", "rows", note) for note in document["notes"])
    return document


@pytest.mark.parametrize("rows", [0, 1])
def test_no_rows_or_one_row_give_an_answer_with_a_reason(analysis_name, rows, tmp_path):
    example = example_of(analysis_name)
    cut = []
    for name, file in example.files:
        other = tmp_path / file.name
        other.write_text("\n".join(file.read_text(encoding="utf-8").splitlines()[: rows + 1]) + "\n", encoding="utf-8")
        if rows:
            cut.append((name, other))
    answer = example.run(cut) if cut else run_on_empty(analysis_name)
    document = answer.document()
    if rows == 0:
        assert document["findings"] == []
        assert document["notes"], "an empty answer must say why"
    json.dumps(document, allow_nan=False, default=str)


def run_on_empty(name):
    """An analysis on evidence that holds nothing."""
    from papaver.app.answer import ask

    found = analysis(name)
    return ask(found, found.params(), in_memory([]).as_known_on(None))


def test_nothing_known_later_changes_an_earlier_answer(analysis_name):
    """As known on a day, all the data and only the data known by then give the same answer."""
    example = example_of(analysis_name)
    parsed = [p for name, file in example.files for p in read(file, name)]
    found = analysis(analysis_name)
    params = found.params(**example.params)
    whole = in_memory(parsed, lag_days=example.lag, every=params.every)
    latest = whole.latest()
    assert latest is not None, "the records of an example must say when they were known, or have a period"
    for back in (14, 45):
        day = latest - timedelta(days=back)
        kept = [cut_to(p, day, example.lag) for p in parsed]
        earlier = in_memory(kept, lag_days=example.lag, every=params.every)
        now = replay(found, params, View(whole, params), day, day, "week")
        then = replay(found, params, View(earlier, params), day, day, "week")
        assert without_rows_of_files(now) == without_rows_of_files(then)


def cut_to(parsed, day, lag):
    """The rows of a parsed file that were known by the end of a day."""
    from dataclasses import replace

    import pyarrow.compute as pc

    table = parsed.table
    end = pc.coalesce(table["period_end"], table["period_start"])
    known = pc.coalesce(table["known_from"], pc.add(end, timedelta(days=lag or 0)).cast("date32"))
    keep = pc.fill_null(pc.less_equal(known, day), True)
    return replace(parsed, table=table.filter(keep))


def test_findings_keep_their_shape(analysis_name):
    answer = example_of(analysis_name).run()
    assert answer.findings, "the example must show at least one finding"
    keys = [f.key for f in answer.findings]
    assert len(keys) == len(set(keys))
    for finding in answer.findings:
        assert finding.analysis == analysis_name
        assert finding.when.start <= finding.when.end
        assert finding.title.strip().endswith((".", "?"))
        assert finding.would_clear
        assert finding.evidence.n >= len(finding.evidence.record_ids) > 0
        shares = [c.share for c in finding.why if c.share is not None]
        assert not shares or math.isclose(sum(shares), 1.0, abs_tol=1e-6)
        assert any(v.finding == finding.key for v in answer.views), "a finding without a view cannot be explained"
    for view in answer.views:
        if view.kind in ("series", "table"):
            assert view.table in answer.tables


def test_a_run_uses_no_network_no_clock_and_no_global_randomness(analysis_name, monkeypatch):
    example = example_of(analysis_name)
    before = example.run().document()

    def refused(*_, **__):
        raise AssertionError("an analysis is pure")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(time, "time", refused)
    random.seed(1)
    import numpy as np

    np.random.seed(1)
    first = random.getstate(), np.random.get_state()[1].tolist()
    assert example.run().document() == before
    assert (random.getstate(), np.random.get_state()[1].tolist()) == first
    for path in product_files(analysis_name):
        source = path.read_text(encoding="utf-8")
        for banned in ("datetime.now", "date.today", "time.time", "np.random.", "random.random", "open(", "os.environ"):
            assert banned not in source.replace("np.random.Generator", ""), f"{path} uses {banned}"


def test_the_readme_has_what_people_look_for(analysis_name):
    text = (files(modules()[analysis_name]) / "README.md").read_text(encoding="utf-8")
    found = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert text.startswith("# ")
    for heading in HEADINGS:
        assert heading in found, f"README of {analysis_name} lacks '## {heading}'"
    for name in analysis(analysis_name).params.model_fields:
        assert re.search(rf"`{name}[`=]", text), f"README of {analysis_name} does not explain {name}"


def test_the_folder_has_the_same_files_as_every_other(analysis_name):
    folder = Path(str(files(modules()[analysis_name])))
    for name in ("__init__.py", "params.py", "logic.py", "README.md", "bench.py", "test_logic.py", "example"):
        assert (folder / name).exists(), f"{analysis_name} lacks {name}"
    assert len((folder / "logic.py").read_text(encoding="utf-8").splitlines()) <= 330


def test_analyses_import_only_what_they_may(analysis_name):
    allowed = ("papaver.model", "papaver.methods", f"papaver.analyses.{analysis_name}")
    banned = ("duckdb", "pyspark", "pandas", "polars", "requests", "socket", "random", "sqlalchemy", "fastapi")
    for path in product_files(analysis_name):
        for module in imported(path):
            assert not module.startswith("papaver") or module.startswith(allowed), (path, module)
            assert module.split(".")[0] not in banned, (path, module)
            assert not module.startswith("ibis.backends"), (path, module)


def product_files(name):
    """The modules of an analysis that users run, without its benchmark and its tests."""
    folder = Path(str(files(modules()[name])))
    return [p for p in sorted(folder.glob("*.py")) if p.name not in ("bench.py", "test_logic.py")]


def imported(path):
    """The modules a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_an_analysis_in_another_package_is_found_without_editing_a_file(tmp_path):
    """The entry-point group: a package beside this one brings an analysis."""
    package = tmp_path / "papaver_extra"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from papaver.model.analysis import Analysis, Data, Params, Result\n"
        "def quiet(params: Params, data: Data) -> Result:\n"
        "    return Result(notes=('quiet as ever',))\n"
        "analysis = Analysis(name='quiet', title='Quiet', run=quiet, reads=('counts',))\n",
        encoding="utf-8",
    )
    info = tmp_path / "papaver_extra-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: papaver-extra\nVersion: 1\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[papaver.analyses]\nquiet = papaver_extra\n", encoding="utf-8")
    told = subprocess.run(
        [sys.executable, "-c", "import sys; sys.path.insert(0, sys.argv[1]); import papaver.app.cli as c;"
         " sys.exit(c._call(['run', 'quiet', '--data', 'count=' + sys.argv[2]]))",
         str(tmp_path), str(example_of("detect").files[0][1])],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert "quiet as ever" in told.stdout


def test_run_on_files_refuses_names_that_mean_nothing(analysis_name):
    from papaver.app.errors import BadArguments

    with pytest.raises(BadArguments, match="There are"):
        run_on_files(analysis_name, [("bogus", "x.csv")], {})
    with pytest.raises(BadArguments, match="no parameter"):
        run_on_files(analysis_name, [], {"bogus": 1})
