"""`detections`: one row per specimen and substance, from listed substances, free text and assays; what analyses read.

Everything is an Ibis expression over the cut tables and the table of mentions (`store.terms`). Order of rows never
matters: every choice ends on `record_id`.
"""

from typing import TYPE_CHECKING

import ibis

from papaver.model.period import Cadence
from papaver.store.grid import days_in
from papaver.store.terms import LISTING, TEXT

if TYPE_CHECKING:
    from ibis.expr.types import IntegerValue, StringValue, Table, Value

SCHEMA = {
    "record_id": "string",
    "specimen_id": "string",
    "reported_as": "string",
    "substance": "string",
    "class": "string",
    "role": "string",
    "negated": "boolean",
    "stream": "string",
    "place": "string",
    "period_start": "date",
    "known_from": "date",
    "panel_id": "string",
    "n": "int64",
    "vocabulary_version": "string",
    "period_end": "date",
    "occurred_at": "timestamp('UTC', 6)",
    "every": "string",
    "looks_like": "string",
    "result": "string",
    "outcome": "string",
    "sold_as": "string",
    "identification_level": "string",
    "case_id": "string",
    "event_id": "string",
    "laboratory": "string",
    "matrix": "string",
    "series_id": "string",
    "source": "string",
    "batch_id": "string",
    "record_type": "string",
    "marking": "string",
}
MARKINGS = ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")
_LEVELS = ("presumptive", "tentative", "confirmed_with_reference", "structure_elucidated")
# An assay says more than a listing, a listing more than free text. The last one stands for the specimen itself.
_ASSAY, _MENTION, _SPECIMEN = 0, 1, 9
_FOUND = ("reported_as", "substance", "class", "looks_like", "result", "ordinal")
# What a row of evidence says of itself, and what it says of the specimen.
_INHERITED = ("panel_id", "laboratory", "event_id", "series_id")
_WITNESS = ("record_id", "batch_id", *_INHERITED)
_TIME = ("period_start", "period_end", "occurred_at", "every")
_CONTEXT = ("specimen_id", "stream", "place", *_TIME, "n", "outcome", "sold_as", "case_id", "matrix", "source")


def detections(specimen: "Table", assay: "Table", mentions: "Table", version: str) -> "Table":
    """Rows of SCHEMA from cut `specimen` and `assay` tables (stored schema) and the mentions of their strings.

    Every specimen has at least one row: where nothing was found or recognised, one with `substance` null and
    `role` nothing_detected, inconclusive, not_tested or unresolved. An assay whose specimen is not known stands for
    a specimen of its own, without stream.
    """
    specimens = _specimens(specimen)
    read = mentions.filter(mentions.ordinal >= 0)
    evidence = ibis.union(_mentioned(specimens, read), _assayed(assay, specimens, read))
    rows = _one_per_substance(_with_status(evidence))
    return rows.mutate(vocabulary_version=ibis.literal(version)).select(
        **{name: ibis._[name].cast(kind) for name, kind in SCHEMA.items()}
    )


def marking_rank(marking: "StringValue") -> "IntegerValue":
    """0 for TLP:CLEAR up to 4 for TLP:RED; missing where none is given."""
    return ibis.cases(*((marking == m, rank) for rank, m in enumerate(MARKINGS)), else_=None)


def marking_of(rank: "IntegerValue") -> "StringValue":
    """The inverse of `marking_rank`."""
    return ibis.cases(*((rank == i, m) for i, m in enumerate(MARKINGS)), else_=None)


def own_cadence(t: "Table") -> "StringValue":
    """How precisely a record's period is known: the coarser of what it says and how long it lasts."""
    days = days_in(t.period_start, ibis.coalesce(t.period_end, t.period_start))
    said = t.date_precision.fill_null("hour")
    coarser = ((Cadence.YEAR, 240), (Cadence.QUARTER, 60), (Cadence.MONTH, 20), (Cadence.WEEK, 3))
    return ibis.cases(
        *(((said == c.value) | (days > limit), c.value) for c, limit in coarser),
        (t.occurred_at.notnull() & (said == "hour"), Cadence.HOUR.value),
        else_=Cadence.DAY.value,
    )


def _later(a: "Value", b: "Value") -> "Value":
    return ibis.greatest(ibis.coalesce(a, b), ibis.coalesce(b, a))


def _specimens(t: "Table") -> "Table":
    """Cut specimens with defaults, and the strings to be looked up among the mentions."""
    listed = t.substances.map(lambda s: ibis.literal(f"{LISTING}:") + s)
    # The dash is no string: it keeps one row for the specimen itself.
    own = ibis.array([ibis.literal(f"{TEXT}:") + t.text, ibis.literal("-")])
    return t.select(
        **{c: t[c] for c in _CONTEXT if c not in ("specimen_id", "period_end", "every", "n")},
        **{c: t[c] for c in _WITNESS},
        key=t.record_id,
        specimen_id=ibis.coalesce(t.specimen_id, t.record_id),
        period_end=ibis.coalesce(t.period_end, t.period_start),
        every=own_cadence(t),
        n=ibis.coalesce(t.n, 1),
        known_from=t.known_from,
        marking_rank=marking_rank(t.marking),
        stated=ibis.ifelse(t.n_tested == 0, "not_tested", t.result_status),
        something_given=((t.substances.length() > 0) | (t.text.strip() != "")).fill_null(False),
        strings=ibis.coalesce(listed, ibis.literal([], type="array<string>")).concat(own),
    )


def _mentioned(specimens: "Table", mentions: "Table") -> "Table":
    asked = specimens.mutate(asked=specimens.strings.unnest()).drop("strings")
    t = asked.left_join(mentions, "asked")
    itself = t.asked == "-"
    rows = t.filter(itself | t.ordinal.notnull())
    itself = rows.asked == "-"
    return _evidence(
        rows,
        rank=ibis.cases((itself, _SPECIMEN), (rows.asked.startswith(TEXT), _MENTION + 1), else_=_MENTION),
        record_type=ibis.literal("specimen"),
        identification_level=ibis.null("string"),
        role=rows.role,
        negated=rows.negated.fill_null(False),
        out_of_scope=ibis.literal(False),
    )


def _assayed(assay: "Table", specimens: "Table", mentions: "Table") -> "Table":
    """Assays as evidence; an inconclusive one names what it was about but claims no substance."""
    t = _with_specimens(assay, specimens).rename(a_role="role")
    asked = ibis.literal(f"{LISTING}:") + t.named
    t = t.join(mentions, asked == mentions.asked)
    unsure = t.verdict == "inconclusive"
    return _evidence(
        t.mutate(substance=ibis.ifelse(unsure, ibis.null("string"), t.substance)),
        rank=ibis.literal(_ASSAY),
        record_type=ibis.literal("assay"),
        identification_level=t.identification_level,
        role=ibis.ifelse(unsure, "inconclusive", ibis.coalesce(t.a_role, t.role)),
        negated=t.negated | (t.verdict == "no"),
        out_of_scope=t.verdict == "not_in_scope",
    )


def _evidence(t: "Table", **said: "Value") -> "Table":
    """The columns that mentions and assays share, in one order."""
    kept = ("key", *_CONTEXT, *_WITNESS, "known_from", "marking_rank", "stated", "something_given", *_FOUND)
    return t.select(
        **{c: t[c] for c in kept},
        **{c: value.cast("int8") if c == "rank" else value for c, value in said.items()},
    )


def _with_specimens(assay: "Table", specimens: "Table") -> "Table":
    """Assays with what is known of their specimen: of their own source, else of the only source that has one so named.

    Without a specimen the assay speaks for itself: its own place and period, no stream.
    """
    a = assay.mutate(specimen_id=ibis.coalesce(assay.specimen_id, assay.record_id))
    theirs = specimens.drop("strings").rename("s_{name}")
    t = a.left_join(theirs, a.specimen_id == theirs.s_specimen_id)
    t = t.mutate(elsewhere=(t.s_source != t.source).fill_null(True))
    t = t.mutate(
        in_line=ibis.row_number().over(group_by=t.record_id, order_by=[t.elsewhere, t.s_key]),
        one_source=t.s_source.fill_null("").min().over(group_by=t.record_id)
        == t.s_source.fill_null("").max().over(group_by=t.record_id),
    ).filter(lambda t: t.in_line == 0)
    t = t.mutate(found=t.s_key.notnull() & (~t.elsewhere | t.one_source))
    alone: dict[str, Value] = {
        "specimen_id": t.specimen_id,
        "place": t.place,
        "period_start": t.period_start,
        "period_end": ibis.coalesce(t.period_end, t.period_start),
        "occurred_at": t.occurred_at,
        "every": own_cadence(t),
        "n": ibis.literal(1, "int64"),
        "source": t.source,
        "stated": ibis.null("string"),
        "something_given": ibis.literal(False),
    }
    below = ((t["value"] == 0) | ((t.qualifier == "<") & (t["value"] <= t.lod))).fill_null(False)
    shared = (*_CONTEXT, "stated", "something_given")
    return t.select(
        **{c: ibis.ifelse(t.found, t[f"s_{c}"], alone.get(c, ibis.null(t[f"s_{c}"].type()))) for c in shared},
        record_id=t.record_id,
        batch_id=t.batch_id,
        **{c: ibis.coalesce(t[c], ibis.ifelse(t.found, t[f"s_{c}"], None)) for c in _INHERITED},
        key=ibis.ifelse(t.found, t.s_key, ibis.literal("assay|") + t.specimen_id),
        known_from=ibis.ifelse(t.found, _later(t.known_from, t.s_known_from), t.known_from),
        marking_rank=_later(marking_rank(t.marking), ibis.ifelse(t.found, t.s_marking_rank, None)),
        named=t.substance,
        identification_level=t.identification_level,
        role=t.role,
        # Stated, else: a substance listed without a word was found, unless the value says that it was not.
        verdict=ibis.coalesce(t.detected, ibis.ifelse(below, "no", "yes")),
    )


def _with_status(evidence: "Table") -> "Table":
    """Evidence with the row of the specimen itself kept only where nothing was found, saying why there is nothing."""
    t = evidence.mutate(itself=evidence["rank"] == _SPECIMEN)
    speaks = ~t.itself & ~t.out_of_scope & t.result.isnull()
    whole = ibis.window(group_by=t.key)
    t = t.mutate(
        speaks=speaks,
        something_found=(speaks & ~t.negated).any().over(whole),
        looked_for=(speaks & t.negated).any().over(whole),
        only_out_of_scope=t.out_of_scope.any().over(whole),
        said=t.result.min().over(whole),
    )
    role = ibis.cases(
        (t.stated.isin(["inconclusive", "not_tested", "nothing_detected"]), t.stated),
        (t.stated == "pending", "not_tested"),
        (t.said == "not_stated", "unresolved"),
        (t.said == "pending", "not_tested"),
        (t.said.notnull(), t.said),
        (t.stated == "detected", "unresolved"),
        (t.looked_for, "nothing_detected"),
        (t.something_given, "unresolved"),
        (t.only_out_of_scope, "not_tested"),
        else_="nothing_detected",
    )
    kept = t.filter((t.itself & ~t.something_found) | t.speaks)
    return kept.mutate(
        role=ibis.ifelse(kept.itself, role, kept.role),
        result=ibis.ifelse(kept.itself, role, kept.result),
    )


def _one_per_substance(evidence: "Table") -> "Table":
    """The same substance named in several ways for one specimen is one row: the strongest word on it."""
    t = evidence
    item = ibis.cases(
        (t.itself, ibis.literal("specimen")),
        (t.substance.notnull(), ibis.literal("substance|") + t.substance),
        (t.role == "inconclusive", ibis.literal("inconclusive|") + t.reported_as.lower()),
        (t["class"].notnull(), ibis.literal("class|") + t["class"]),
        else_=ibis.literal("term|") + t.reported_as.lower(),
    )
    level = ibis.cases(*((t.identification_level == v, -i) for i, v in enumerate(_LEVELS, 1)), else_=0)
    t = t.mutate(item=item, level=level)
    order = [t["rank"], t.negated, t.level, t.record_id, t.ordinal, t.reported_as, t.role]
    first = t.mutate(in_line=ibis.row_number().over(group_by=["key", "item"], order_by=order))
    return first.filter(first.in_line == 0).mutate(marking=marking_of(first.marking_rank))
