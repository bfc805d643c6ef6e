"""Parameters given as text: `--set key=value` and query strings, read by the type of the field."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Union, get_args, get_origin

from pydantic import ValidationError

from papaver.app.errors import BadArguments
from papaver.model.analysis import Params


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one parameter; an empty name means with how several fit together."""

    field: str
    message: str


class BadParams(BadArguments):
    """Values that do not fit the parameters, field by field."""

    def __init__(self, what: str, errors: Sequence[FieldError]) -> None:
        super().__init__(what)
        self.errors = tuple(errors)


def params_from_text(kind: type[Params], pairs: Iterable[str]) -> dict[str, object]:
    """`key=value` texts as a mapping of typed values; an unknown key raises BadArguments naming the nearest."""
    given: dict[str, object] = {}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if not equals:
            raise BadArguments(f"--set {pair}: there is no value.", "Write --set key=value.")
        _check_name(kind, key)
        given[key] = _typed(text, kind.model_fields[key].annotation)
    return given


def _check_name(kind: type[Params], key: str) -> None:
    if key not in kind.model_fields:
        near = get_close_matches(key, kind.model_fields, n=1, cutoff=0.4)
        mend = f"Nearest: {near[0]}." if near else f"There are: {', '.join(kind.model_fields)}."
        raise BadArguments(f"{key}: no parameter is called so.", mend)


def make_params(kind: type[Params], given: Mapping[str, object]) -> Params:
    """The parameters of an analysis; what does not fit raises BadArguments naming the field, the value and why."""
    for key in given:
        _check_name(kind, key)
    try:
        return kind.model_validate(dict(given))
    except ValidationError as error:
        told = [FieldError(str(e["loc"][0]) if e["loc"] else "", _words(e["msg"])) for e in error.errors()]
        first = told[0]
        value = f"{first.field}={given.get(first.field)}: " if first.field else ""
        raise BadParams(f"{value}{first.message}.", told) from error


def _words(message: str) -> str:
    """Pydantic's message as the end of a sentence."""
    text = message.removeprefix("Value error, ")
    return text[:1].lower() + text[1:]


def _typed(text: str, annotation: object) -> object:
    kinds = list(_flat(annotation))
    if text.lower() == "none" and type(None) in kinds:
        return None
    if any(get_origin(kind) in (tuple, list) for kind in kinds):
        return [part.strip() for part in text.split(",") if part.strip()]
    if bool in kinds and text.lower() in ("true", "false"):
        return text.lower() == "true"
    return text


def _flat(annotation: object) -> Iterable[object]:
    """The members of a union, of an Annotated, and of unions inside them."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType, Annotated):
        for part in get_args(annotation)[: 1 if origin is Annotated else None]:
            yield from _flat(part)
    else:
        yield annotation
