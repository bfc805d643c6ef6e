"""One sample, one specimen: bought as and found as reported, the postcode district coarsened to its nation."""

import calendar
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from papaver.sources.mapping import ColumnMapping, folded
from papaver.sources.problem import BadInput, Problem
from papaver.sources.source import Shaped
from papaver.sources.wedinos.postcodes import nation

if TYPE_CHECKING:
    from papaver.sources.raw import Raw

NEEDED = ("sample_id", "date_received", "postcode", "intent", "major", "minor")
OPTIONAL = ("label", "colour", "form", "consumption_method", "effects", "source_file")
# What the form's drop-down says when nothing was said.
_UNSAID = frozenset({"unknown", "unknwon", "not stated", "not known", "not sure", "n/a", "found", "not labelled", ""})
# A web export that wrote a list variable as its type.
_EXPORT_ERROR = "array"
_STATUS = {"no active component identified": "nothing_detected", "unable to identify": "inconclusive"}


def recognise(headers: Sequence[str]) -> bool:
    """Whether the headers are those of this layout."""
    found = {folded(header) for header in headers}
    return found.issuperset(NEEDED)


def to_records(raw: "Raw", mapping: ColumnMapping | None = None) -> list[Shaped]:
    """Samples as specimens of the stream drug_checking. Raises BadInput where a needed column is missing."""
    from papaver.sources.raw import mapped

    headers = {folded(header): header for header in raw.headers}
    missing = [name for name in NEEDED if name not in headers]
    if missing:
        what = f"the layout needs this column and the file has none; its headers are {', '.join(raw.headers)}"
        raise BadInput(
            [Problem(raw.file, 1, name, None, what, "Check that this is a WEDINOS export") for name in missing]
        )
    texts = {name: raw.texts(headers.get(name, name)) for name in (*NEEDED, *OPTIONAL)}
    rows = len(raw)
    columns = {
        "specimen_id": texts["sample_id"],
        "period_start": texts["date_received"],
        "received_on": texts["date_received"],
        "date_basis": ["received"] * rows,
        "place": [nation(postcode) or "GB" for postcode in texts["postcode"]],
        "owner": ["WEDINOS"] * rows,
        "redistribution": ["internal"] * rows,
        "stream": ["drug_checking"] * rows,
        "laboratory": ["WEDINOS"] * rows,
        "matrix": [_matrix(form) for form in texts["form"]],
        "form": [_said(form, _EXPORT_ERROR) for form in texts["form"]],
        "colour": [_said(colour, _EXPORT_ERROR) for colour in texts["colour"]],
        "imprint": [_said(label) for label in texts["label"]],
        "sold_as": [_said(intent) for intent in texts["intent"]],
        "result_status": [_status(*found) for found in zip(texts["major"], texts["minor"], strict=True)],
        "substances": _lists(texts["major"], texts["minor"]),
    }
    shown = {
        "specimen_id": headers["sample_id"],
        "period_start": headers["date_received"],
        "sold_as": headers["intent"],
    }
    shown |= {"received_on": headers["date_received"], "imprint": headers.get("label", "label")}
    notes = [*_places(raw.file, texts["postcode"]), *_errors(raw.file, texts), *_last_month(raw.file, texts)]
    return [Shaped("specimen", "wedinos", mapped(raw, columns, notes), shown, "day_month")]


def _said(text: str, *errors: str) -> str:
    return "" if text.strip().lower() in _UNSAID or text.strip().lower() in errors else text


def _matrix(form: str) -> str:
    """What was analysed: the product in the form it came in."""
    said = _said(form, _EXPORT_ERROR)
    return said.lower()


def _status(major: str, minor: str) -> str:
    if not major and not minor:
        return ""
    return _STATUS.get(major.strip().lower(), "detected") if not minor else "detected"


def _lists(major: list[str], minor: list[str]) -> object:
    """Both lists as reported, major first. Names hold commas, so taking them apart is left to the vocabulary."""
    import pyarrow as pa

    both = [[part for part in pair if part] or None for pair in zip(major, minor, strict=True)]
    return pa.array(both, pa.list_(pa.string()))


def _places(file: str, postcodes: list[str]) -> list[str]:
    lost = Counter(postcode or "empty" for postcode in postcodes if nation(postcode) is None)
    if not lost:
        return []
    named = ", ".join(f"{code} ({n})" for code, n in sorted(lost.items()))
    return [f"{file}: {sum(lost.values())} postcodes tell no nation, kept as GB: {named}"]


def _errors(file: str, texts: Mapping[str, list[str]]) -> list[str]:
    notes = []
    for column in ("form", "colour"):
        n = sum(text.strip().lower() == _EXPORT_ERROR for text in texts[column])
        if n:
            notes.append(f"{file}: {n} cells of {column} read Array, an error of the export: taken as unknown")
    return notes


def _last_month(file: str, texts: Mapping[str, list[str]]) -> list[str]:
    """Samples arrive in batches and are published late: the last month is complete only in the next delivery."""
    days = []
    for text in texts["date_received"]:
        try:
            days.append(date.fromisoformat(text[:10]))
        except ValueError:
            continue
    if not days:
        return []
    last = max(days)
    end = last.replace(day=calendar.monthrange(last.year, last.month)[1])
    if last == end:
        return []
    return [f"{file}: the last samples are of {last}; {last:%Y-%m} is incomplete until a later delivery has it"]
