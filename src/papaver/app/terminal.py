"""What commands print: tables that fit 80 columns, and errors that say what to do."""

import json
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from papaver.app.answer import Answer, plain
from papaver.model.analysis import Params, Row
from papaver.model.finding import Finding

if TYPE_CHECKING:
    from papaver.sources.checking import Check

_MARKS = {"now": "◆", "today": "▲", "this_week": "□", "routine": "○"}
_ROWS = 20


def write(text: str = "") -> None:
    """One line to standard output."""
    sys.stdout.write(text + "\n")


def say(text: str) -> None:
    """One line to standard error: progress, notes, errors."""
    sys.stderr.write(text + "\n")


def write_json(document: object) -> None:
    """A document for machines: null for missing, never NaN."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, allow_nan=False, default=str) + "\n")


def width() -> int:
    """Columns of the terminal; 80 in a pipe."""
    return shutil.get_terminal_size((80, 24)).columns


def cell(value: object) -> str:
    """A value as people read it: a dash for missing, four significant digits for a fraction."""
    told = plain(value)
    if told is None:
        return "–"
    if isinstance(told, bool):
        return "yes" if told else "no"
    if isinstance(told, float):
        return f"{told:.0f}" if told.is_integer() and abs(told) < 1e15 else f"{told:.4g}"
    if isinstance(told, list):
        return ", ".join(cell(v) for v in told)
    return str(told)


def table(rows: Sequence[Row], columns: Sequence[str] | None = None, most: int = _ROWS) -> str:
    """Rows as an aligned table; columns that do not fit the width are named below it."""
    if not rows:
        return "  (no rows)"
    names = list(columns or rows[0])
    cells = [[cell(row.get(name)) for name in names] for row in rows[:most]]
    widths = [min(36, max(len(name), *(len(line[i]) for line in cells))) for i, name in enumerate(names)]
    shown = _fitting(widths, width())
    numeric = [all(isinstance(row.get(n), int | float | None) for row in rows[:most]) for n in names]
    lines = [_line(names, widths, numeric, shown), *(_line(c, widths, numeric, shown) for c in cells)]
    if len(rows) > most:
        lines.append(f"  … {len(rows) - most:,} more rows: --json or --out DIR")
    if shown < len(names):
        lines.append(f"  more columns: {', '.join(names[shown:])}")
    return "\n".join(lines)


def _fitting(widths: Sequence[int], room: int) -> int:
    total = 0
    for n, one in enumerate(widths):
        total += one + 2
        if total > room:
            return max(1, n)
    return len(widths)


def _line(cells: Sequence[str], widths: Sequence[int], numeric: Sequence[bool], shown: int) -> str:
    parts = [
        (c if len(c) <= w else c[: w - 1] + "…").rjust(w)
        if right
        else (c if len(c) <= w else c[: w - 1] + "…").ljust(w)
        for c, w, right in zip(cells[:shown], widths, numeric, strict=False)
    ]
    return ("  " + "  ".join(parts)).rstrip()


def findings_list(findings: Iterable[Finding], status: Mapping[str, str] | None = None) -> str:
    """Findings as the inbox lists them: priority, title, and below it the episode, the evidence and the key."""
    lines = []
    for f in findings:
        told = (status or {}).get(f.key)
        meta = [
            *([told] if told else []),
            f.priority.value.replace("_", " "),
            f"{f.when.start} to {f.when.end}",
            f"{f.evidence.n} record{'' if f.evidence.n == 1 else 's'}",
            f.key,
        ]
        lines += [f"{_MARKS[f.priority.value]} {f.title}", f"  {' · '.join(meta)}"]
    return "\n".join(lines)


def show(answer: Answer, most: int = _ROWS) -> None:
    """An answer on a terminal: findings first, then the tables, then what was not used and why."""
    when = f"as known on {answer.known_on}" if answer.known_on else "no date of knowledge in the data"
    write(f"{answer.analysis.title} · {when} · {len(answer.findings)} findings")
    if answer.findings:
        write()
        write(findings_list(answer.findings[:most]))
        if len(answer.findings) > most:
            write(f"  … {len(answer.findings) - most} more findings: --json")
    for name, rows in answer.tables.items():
        write(f"\n{name}: {len(rows):,} rows; --json or --out DIR has them all")
        if rows and not answer.findings:
            write(table(rows, most=8))
    if answer.notes:
        write("\nNotes")
        for note in answer.notes[:most]:
            write(f"  {note}")
        if len(answer.notes) > most:
            write(f"  … {len(answer.notes) - most} more notes: --json")


def parameters(kind: type[Params]) -> str:
    """What can be set: name, default, meaning."""
    lines = []
    for name, field in kind.model_fields.items():
        default = field.get_default(call_default_factory=True)
        shown = "none" if default is None else ",".join(map(str, default)) if isinstance(default, tuple) else default
        lines += [f"  --set {name}={shown}", f"      {field.description or ''}"]
    return "\n".join(lines)


def checked(found: "Check") -> str:
    """What a check found out about a file: what it is, how its headers map, what to mend first."""
    what = f"source {found.source}" if found.source else " and ".join(found.record_types)
    lines = [f"{found.file}: {found.format}, {found.rows:,} rows, read as {what}"]
    if found.mapping is not None and not found.source:
        lines.append("Proposed mapping (--save-mapping FILE.toml keeps it):")
        lines += [f"  {header} -> {column}" for header, column in found.mapping.columns.items()]
    if found.missing:
        lines.append(f"Required and not found: {', '.join(found.missing)}")
    lines += [f"Note: {note}" for note in found.notes]
    lines.append(f"{found.good:,} rows good, {found.bad:,} with problems")
    return "\n".join(lines)
