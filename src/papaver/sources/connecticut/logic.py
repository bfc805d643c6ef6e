"""One death, one specimen: flags and free text as reported; nothing that describes the person is kept."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from papaver.sources.mapping import ColumnMapping, folded
from papaver.sources.problem import BadInput, Problem
from papaver.sources.source import Shaped

if TYPE_CHECKING:
    from papaver.sources.raw import Raw

NEEDED = ("Date", "Date Type", "Cause of Death")
DATE_BASIS = {
    "date of death": "death",
    "dateofdeath": "death",
    "date reported": "registered",
    "datereported": "registered",
}
# What a Y under each flag column says, in words the vocabulary reads. A flag for several substances that were not
# told apart names their class, never one of them.
FLAGS: Mapping[str, str] = {
    "Heroin": "Heroin",
    "Heroin death certificate (DC)": "Heroin",
    "Cocaine": "Cocaine",
    "Fentanyl": "Fentanyl",
    "Fentanyl Analogue": "Fentanyl Analogue",
    "Oxycodone": "Oxycodone",
    "Oxymorphone": "Oxymorphone",
    "Ethanol": "Ethanol",
    "Hydrocodone": "Hydrocodone",
    "Benzodiazepine": "Benzodiazepine",
    "Methadone": "Methadone",
    "Meth/Amphetamine": "Amphetamines",
    "Amphet": "Amphetamine",
    "Tramad": "Tramadol",
    "Hydromorphone": "Hydromorphone",
    "Morphine (Not Heroin)": "Morphine",
    "Xylazine": "Xylazine",
    "Gabapentin": "Gabapentin",
    "Opiate NOS": "Opiate NOS",
    "Heroin/Morph/Codeine": "Opiate NOS",
    "Other Opioid": "Other Opioid",
}
# Any Opioid repeats the other flags. Its Y names nothing.
SUMMARY = "Any Opioid"
FREE = "Other"
# Part II of the certificate is medical history; only a clause that names an intoxication says what was found.
_INTOXICATION = re.compile(r"intoxication|toxicity", re.IGNORECASE)
_YEAR = re.compile(r"\b\d{4}\b")
_UNDER_FLAG = re.compile(r"y\b\W*", re.IGNORECASE)


def recognise(headers: Sequence[str]) -> bool:
    """Whether the headers are those of this layout."""
    found = {folded(header) for header in headers}
    return all(folded(name) in found for name in (*NEEDED, "Heroin", "Fentanyl"))


def to_records(raw: "Raw", mapping: ColumnMapping | None = None) -> list[Shaped]:
    """Deaths as specimens of the stream post_mortem in US-CT. Raises BadInput where a needed column is missing."""
    from papaver.sources.raw import mapped

    headers = {folded(header): header for header in raw.headers}
    missing = [name for name in NEEDED if folded(name) not in headers]
    if missing:
        what = f"the layout needs this column and the file has none; its headers are {', '.join(raw.headers)}"
        mend = "Check that this is the accidental drug deaths file"
        raise BadInput([Problem(raw.file, 1, name, None, what, mend) for name in missing])
    texts = {name: raw.texts(headers.get(folded(name), name)) for name in (*NEEDED, *FLAGS, FREE, _PART_TWO)}
    bases = [DATE_BASIS.get(basis.lower(), basis) for basis in texts["Date Type"]]
    substances, notes = _substances(raw, texts)
    rows = len(raw)
    columns = {
        "period_start": texts["Date"],
        "date_basis": bases,
        "place": ["US-CT"] * rows,
        "place_basis": ["occurrence"] * rows,
        "owner": ["Connecticut Office of the Chief Medical Examiner"] * rows,
        "stream": ["post_mortem"] * rows,
        "outcome": ["death"] * rows,
        "substances": _lists(substances),
        "text": [_text(*pair) for pair in zip(texts["Cause of Death"], texts[_PART_TWO], strict=True)],
    }
    shown = {"period_start": headers["date"], "date_basis": headers["date_type"], "text": headers["cause_of_death"]}
    notes += _introduced(raw.file, texts)
    return [Shaped("specimen", "connecticut", mapped(raw, columns, notes), shown, "month_day")]


_PART_TWO = "Other Significant Conditions"


def _lists(substances: list[list[str]]) -> object:
    import pyarrow as pa

    return pa.array([items or None for items in substances], pa.list_(pa.string()))


def _text(cause: str, conditions: str) -> str:
    named = [part.strip() for part in conditions.split(";") if _INTOXICATION.search(part)]
    return "; ".join([cause, *named]) if cause else "; ".join(named)


def _substances(raw: "Raw", texts: Mapping[str, list[str]]) -> tuple[list[list[str]], list[str]]:
    """Per row what the flags and the free columns name, and notes on cells that hold anything but Y or N."""
    found: list[list[str]] = [[] for _ in range(len(raw))]
    notes = []
    for flag, name in FLAGS.items():
        for i, cell in enumerate(texts[flag]):
            if not cell or cell.upper() == "N":
                continue
            if match := _UNDER_FLAG.match(cell):
                found[i].append(name)
                if cell[match.end() :]:
                    notes.append(_remark(raw, i, flag, cell, "taken as Y, the remark was not read"))
            elif flag == "Other Opioid":
                found[i].append(cell)
            else:
                notes.append(_remark(raw, i, flag, cell, "neither Y nor N: the flag was not counted"))
    for i, cell in enumerate(texts[FREE]):
        if cell and cell.upper() not in ("Y", "N"):
            found[i].append(cell)
    return [list(dict.fromkeys(items)) for items in found], notes


def _remark(raw: "Raw", index: int, flag: str, cell: str, what: str) -> str:
    return f"{raw.file}, row {raw.rows[index].as_py()}, {flag} {cell!r}: {what}"


def _introduced(file: str, texts: Mapping[str, list[str]]) -> list[str]:
    """Flags that begin later than the file: their silence before is not absence."""
    years = [found[0] if (found := _YEAR.search(day)) else "" for day in texts["Date"]]
    first = min((year for year in years if year), default="")
    late = []
    for flag in FLAGS:
        used = [year for year, cell in zip(years, texts[flag], strict=True) if year and cell.upper().startswith("Y")]
        if used and min(used) > first:
            late.append(f"{flag} {min(used)}")
    if not late:
        return []
    return [f"{file}: flags first used after {first}: {', '.join(late)}. The text of the cause is read for all years"]
