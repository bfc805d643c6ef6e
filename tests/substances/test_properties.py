"""Properties: what must hold for every name of the vocabulary and every text made of names."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from papaver.model.substances import find, mentions, substances, terms

NAMES = sorted({(name, s.name) for s in substances().values() for name in (s.name, *s.synonyms)})
LONG = [pair for pair in NAMES if len(pair[0]) > 6 and re.fullmatch(r"[a-z]+", pair[0]) and pair[0] == pair[1]]


def written(draw: st.DrawFn, name: str) -> str:
    """One more way to write a name: any case, hyphens and spaces exchanged."""
    letters = [draw(st.sampled_from((c.lower(), c.upper()))) if c.isascii() else c for c in name]
    text = "".join(letters)
    return re.sub(r"[- ]", lambda _: draw(st.sampled_from(("-", " "))), text)


@st.composite
def spelt(draw: st.DrawFn) -> tuple[str, str]:
    name, substance = draw(st.sampled_from(NAMES))
    return written(draw, name), substance


@settings(max_examples=400, deadline=None)
@given(spelt())
def test_every_spelling_finds_its_own_substance(pair: tuple[str, str]) -> None:
    spelling, substance = pair
    found = find(spelling)
    assert found is not None
    assert found.name == substance


def test_every_name_finds_its_own_substance() -> None:
    for name, substance in NAMES:
        found = find(name)
        assert found is not None, name
        assert found.name == substance, name
        assert [m.substance for m in terms(name)] == [substance], name


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(LONG), min_size=1, max_size=8, unique=True),
    st.lists(st.sampled_from((", ", " and ", "; ", "/", " + ")), min_size=8, max_size=8),
)
def test_a_text_made_of_names_holds_exactly_those(pairs: list[tuple[str, str]], joints: list[str]) -> None:
    text = "".join(name + joint for (name, _), joint in zip(pairs, joints, strict=False))
    text = text[: -len(joints[len(pairs) - 1])]
    expected = [substance for _, substance in pairs]
    assert [m.substance for m in terms(text)] == expected
    assert [m.substance for m in mentions(text.replace(" + ", ", "))] == expected


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(LONG), min_size=1, max_size=5, unique=True), st.sampled_from(LONG))
def test_a_denied_list_denies_all_of_it_and_no_more(pairs: list[tuple[str, str]], other: tuple[str, str]) -> None:
    listed = ", ".join(name for name, _ in pairs)
    found = mentions(f"Negative for {listed}. Positive for {other[0]}")
    assert [m.negated for m in found] == [True] * len(pairs) + [False]
    assert not any(m.negated for m in mentions(f"Positive for {listed}. {other[0]}"))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_without_error_and_verbatim(text: str) -> None:
    for mention in (*mentions(text), *terms(text)):
        assert text[mention.start : mention.start + len(mention.reported_as)] == mention.reported_as
