"""`make new-analysis NAME=ports`: a folder like every other, whose tests pass, to be filled with a question."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1] / "src" / "papaver" / "analyses"

FILES = {
    "__init__.py": '''"""{title}: how many counts does each series hold?"""

from papaver.analyses.{name} import logic
from papaver.model.analysis import Analysis

analysis = Analysis(name="{name}", title="{title}", run=logic.{name}, reads=("counts",))
''',
    "params.py": '''"""What can be set in `{name}`."""

from pydantic import Field

from papaver.model.analysis import Params


class {camel}Params(Params):
    """One threshold, to be replaced by what the question needs."""

    at_least: int = Field(default=3, ge=1, description="Counts a series must hold to be told of.")
''',
    "logic.py": '''"""{title}: the pure function."""

from datetime import date

from papaver.analyses.{name}.params import {camel}Params
from papaver.model.analysis import Data, Result, Row
from papaver.model.finding import (
    Contribution,
    Episode,
    Evidence,
    Finding,
    Priority,
    finding_id,
    finding_key,
    in_order,
)
from papaver.model.period import Cadence
from papaver.model.view import TableView

VERSION = "1"


def {name}(params: {camel}Params, data: Data) -> Result:
    """Tell of every series that holds enough counts."""
    counts = data["counts"]
    known = counts.filter(counts.value.notnull() & (counts.origin == "given"))
    held = known.group_by(["series", "place", "every"]).aggregate(
        n=known.count(),
        first=known.period_start.min(),
        last=known.period_end.max(),
        ids=known.record_ids[0].collect(),
    )
    table = held.drop("ids").order_by(["series", "place"])
    rows: list[Row] = held.filter(held.n >= params.at_least).to_pyarrow().to_pylist()
    findings = in_order([_finding(params, data, row) for row in rows])
    views = [TableView(title=f.title, finding=f.key, table="{name}", filter={{"series": f.what}}) for f in findings]
    notes = [] if findings else [f"No series holds {{params.at_least}} counts."]
    return Result(findings=findings, tables={{"{name}": table}}, views=views, notes=notes)


def _finding(params: {camel}Params, data: Data, row: Row) -> Finding:
    series, where, n = str(row["series"]), str(row["place"] or ""), int(str(row["n"]))
    every = Cadence(str(row["every"]))
    when = Episode(start=date.fromisoformat(str(row["first"])), end=date.fromisoformat(str(row["last"])), every=every)
    key = finding_key("{name}", "held", series, where, when.start)
    ids = tuple(sorted(str(i) for i in row["ids"])) if isinstance(row["ids"], list) else ()
    evidence = Evidence(record_type="count", record_ids=ids[:200], n=n, query={{"series": series, "place": where}})
    return Finding(
        key=key,
        id=finding_id(key, evidence, params, VERSION),
        analysis="{name}",
        method="count",
        version=VERSION,
        kind="held",
        what=series,
        where=where,
        when=when,
        known_on=data.known_on,
        batch_id=data.batch_id,
        title=f"{{series}}: {{n}} counts.",
        priority=Priority.ROUTINE,
        why=(Contribution(stream=series, observed=float(n), share=1.0),),
        evidence=evidence,
        would_clear=f"Fewer than {{params.at_least}} counts.",
    )
''',
    "README.md": """# {title}

How many counts does each series hold? Replace this by your question, in one sentence.

## Method

Counts the values that are not missing. Parameters: `every`, `gap`, `at_least`.

## Limits

It counts.

## When not to use it

When the question is any other.

## References

A publication, with the numbers it gives.
""",
    "bench.py": '''"""Benchmark of `{name}`: its task, its metric, the baseline and the peer."""

TASK = "How many counts does each series hold?"
METRIC = "share of series counted right"


def bench() -> dict[str, float]:
    """The metric of this analysis, of the baseline and of the peer, in one run."""
    return {{"{name}": 1.0, "baseline": 1.0}}
''',
    "test_logic.py": '''"""What `{name}` must say, worked out by hand."""

import papaver


def test_counts_that_are_missing_do_not_count(tmp_path):
    rows = ["series,period_start,value", "a,2024-01-01,1", "a,2024-02-01,", "a,2024-03-01,2"]
    file = tmp_path / "count.csv"
    file.write_text("\\n".join(rows), encoding="utf-8")
    answer = papaver.run("{name}", data={{"count": file}}, at_least=2)
    assert [f.title for f in answer.findings] == ["a: 2 counts."]
''',
    "example/count.csv": "series,period_start,value\na,2024-01-01,1\na,2024-02-01,4\na,2024-03-01,2\n",
    "example/expected.json": """{{
 "source": "Counted by hand: the file has three rows with a value.",
 "run": {{"data": {{"count": "count.csv"}}}},
 "tables": {{"{name}": {{"key": ["series"], "rows": [{{"series": "a", "n": 3}}]}}}},
 "findings": [{{"kind": "held", "what": "a"}}]
}}
""",
}


def main() -> int:
    """Write the skeleton; refuse a name that is taken or is not a word."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if not re.fullmatch(r"[a-z][a-z_]*[a-z]", name):
        print("Say a name in lower case: make new-analysis NAME=ports")
        return 2
    folder = ROOT / name
    if folder.exists():
        print(f"{folder.relative_to(ROOT.parents[2])} exists already")
        return 2
    camel = "".join(part.capitalize() for part in name.split("_"))
    for file, text in FILES.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        filled = (
            text
            if file.endswith(".csv")
            else text.format(name=name, camel=camel, title=name.replace("_", " ").capitalize())
        )
        path.write_text(filled, encoding="utf-8")
    print(f"{folder.relative_to(ROOT.parents[2])}: make test, then fill it with a question")
    return 0


if __name__ == "__main__":
    sys.exit(main())
