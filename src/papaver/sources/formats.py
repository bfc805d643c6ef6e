"""From a path to cells: which format it is, by content first and by name second, and what a file must not be."""

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path

from papaver.sources.problem import BadInput, file_problem
from papaver.sources.raw import Raw

# A compressed file may claim any size; beyond this it is refused rather than unpacked.
MAX_BYTES = 2 << 30
_BLOCK = 1 << 22

_SIGNATURES: tuple[tuple[bytes, str], ...] = ((b"PAR1", "parquet"), (b"PK\x03\x04", "xlsx"))
_FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file", "Save it as .xlsx or as CSV UTF-8"),
    (b"%PDF", "a PDF", "Ask for the table itself as CSV or XLSX"),
    (b"\x89PNG", "a picture", "Ask for the table itself as CSV or XLSX"),
    (b"BZh", "compressed with bzip2", "Compress it with gzip, or not at all"),
    (b"7z\xbc\xaf", "a 7z archive", "Unpack it first"),
    (b"\xfd7zXZ", "compressed with xz", "Compress it with gzip, or not at all"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", "Compress it with gzip, or not at all"),
)


def read_raw(path: Path, sheet: str | None = None) -> Raw:
    """The cells of a CSV, TSV, Parquet, NDJSON or XLSX file, `.gz` or not.

    `sheet` names the sheet of a workbook. Raises BadInput where the file cannot be taken apart.
    """
    data = _bytes(path)
    if not data:
        raise file_problem(path.name, "the file is empty", "Check the export that wrote it")
    return _reader(path, data, sheet)(path.name, data)


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise file_problem(path.name, "this is a directory", "Name the file inside it")
        if path.exists() and not path.is_file():
            raise file_problem(path.name, "this is not a file", "Name a file")
        with path.open("rb") as stream:
            data = stream.read()
    except FileNotFoundError:
        raise file_problem(str(path), "there is no such file", "Check the name and the folder") from None
    except PermissionError:
        raise file_problem(str(path), "no permission to read it", "Ask its owner, or change its rights") from None
    except OSError as error:
        raise file_problem(str(path), f"it cannot be read ({error.strerror})", "Check the name and the disk") from None
    return _unpacked(path, data)


def _unpacked(path: Path, data: bytes) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        if path.name.lower().endswith(".gz") and data:
            what = "the name ends in .gz but the content is not gzip"
            raise file_problem(path.name, what, "Take .gz off the name, or compress it with gzip")
        return data
    blocks, size = [], 0
    try:
        with gzip.open(path, "rb") as stream:
            while block := stream.read(_BLOCK):
                size += len(block)
                if size > MAX_BYTES:
                    what = f"it unpacks to more than {MAX_BYTES >> 30} GB"
                    raise file_problem(path.name, what, "Deliver it in parts, or as Parquet")
                blocks.append(block)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        what = f"the gzip content is damaged or cut short ({error})"
        raise file_problem(path.name, what, "Fetch the file again") from None
    return b"".join(blocks)


def _reader(path: Path, data: bytes, sheet: str | None) -> Callable[[str, bytes], Raw]:
    for signature, what, mend in _FOREIGN:
        if data.startswith(signature):
            raise file_problem(path.name, f"this is {what}", mend)
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            return _parquet if name == "parquet" else lambda file, content: _xlsx(file, content, sheet)
    return _text(path, data)


def _text(path: Path, data: bytes) -> Callable[[str, bytes], Raw]:
    suffix = _suffix(path)
    if suffix in (".parquet", ".xlsx", ".xlsm"):
        what = f"the name ends in {suffix} but the content is not"
        raise file_problem(path.name, what, "Fetch the file again, or give it its right name")
    head = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if suffix in (".ndjson", ".jsonl") or head == b"{":
        return _ndjson
    if head == b"[" and suffix == ".json":
        raise file_problem(path.name, "this is one JSON list", "Write one JSON object per line (NDJSON)")
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        raise file_problem(path.name, "this is a web page or XML, not a table", "Download the file itself")
    return _tsv if suffix in (".tsv", ".tab") else _csv


def _suffix(path: Path) -> str:
    name = path.name.lower().removesuffix(".gz")
    return Path(name).suffix


# The readers are imported when used: `papaver --help` must not pay for them.
def _csv(file: str, data: bytes) -> Raw:
    from papaver.sources.delimited import read_delimited

    return read_delimited(file, data, "csv")


def _tsv(file: str, data: bytes) -> Raw:
    from papaver.sources.delimited import read_delimited

    return read_delimited(file, data, "tsv")


def _ndjson(file: str, data: bytes) -> Raw:
    from papaver.sources.json_lines import read_json_lines

    return read_json_lines(file, data)


def _parquet(file: str, data: bytes) -> Raw:
    from papaver.sources.parquet import read_parquet

    return read_parquet(file, data)


def _xlsx(file: str, data: bytes, sheet: str | None) -> Raw:
    from papaver.sources.spreadsheet import read_workbook

    return read_workbook(file, data, sheet)


__all__ = ["MAX_BYTES", "BadInput", "read_raw"]
