"""Every state that `detections` ever had, derived once: a replay then cuts it by a comparison of days.

A specimen's detections change only on the days on which one of its rows (its own or an assay's) became known or was
replaced. The rows are laid out once for each of those days, `detections` is derived over all of them at the same
time, and each row of the result carries the days between which it stood.
"""

from typing import TYPE_CHECKING

import ibis

from papaver.store.detections import SCHEMA, detections

if TYPE_CHECKING:
    from datetime import date

    from ibis.expr.types import Table

# The day before which nothing is known: of rows that do not say when they became known.
_ALWAYS = "0001-01-01"
_DAY_LENGTH = len(_ALWAYS)


def detection_history(
    specimen: "Table", assay: "Table", specimen_pairs: "Table", assay_pairs: "Table", mentions: "Table", version: str
) -> "Table":
    """Detections with `stood_from` and `stood_until` (null: to this day), of uncut tables.

    `specimen` and `assay` hold every row ever stored, withdrawn ones too; the pairs name the rows that lost to
    another (`record_id`, `row_id`, `batch_id`, `winner_known_from`). Withdrawals of whole batches are not in them:
    evidence that has any is cut first and derived afterwards.
    """
    specimens, assays = _standing(specimen, specimen_pairs), _standing(assay, assay_pairs)
    days = ibis.union(*(t.select("family", day=t[c]) for t in (specimens, assays) for c in ("since", "until")))
    days = days.filter(days.day.notnull()).distinct()
    days = days.mutate(next_day=days.day.lead().over(group_by="family", order_by="day"))
    found = detections(_laid_out(specimens, days), _laid_out(assays, days), mentions, version)
    name = found.specimen_id
    found = found.mutate(
        specimen_id=name.left(name.length() - _DAY_LENGTH),
        record_id=found.record_id.left(found.record_id.length() - _DAY_LENGTH),
        stood_from=name.right(_DAY_LENGTH).cast("date"),
    )
    until = days.select(named=days.family, since=days.day, stood_until=days.next_day)
    t = found.join(until, [found.specimen_id == until.named, found.stood_from == until.since])
    return t.select(*SCHEMA, "stood_from", "stood_until")


def as_known_on(history: "Table", day: "date | None") -> "Table":
    """The detections that stood at the end of a day; None: the last ones."""
    if day is None:
        return history.filter(history.stood_until.isnull()).select(*SCHEMA)
    stood = (history.stood_from <= day) & (history.stood_until.isnull() | (history.stood_until > day))
    return history.filter(stood).select(*SCHEMA)


def _standing(rows: "Table", pairs: "Table") -> "Table":
    """Rows with the days between which they stood, and the name that they share with what they may be joined to."""
    always = ibis.literal(_ALWAYS).cast("date")
    lost = pairs.group_by("record_id", "row_id", "batch_id").agg(
        until=pairs.winner_known_from.fill_null(always).min(),
    )
    lost = lost.rename("lost_{name}")
    same = [rows[c] == lost[f"lost_{c}"] for c in ("record_id", "row_id", "batch_id")]
    t = rows.left_join(lost, same)
    t = t.mutate(
        family=ibis.coalesce(t.specimen_id, t.record_id),
        since=t.known_from.fill_null(always),
        until=t.lost_until,
    ).drop("lost_record_id", "lost_row_id", "lost_batch_id", "lost_until")
    stands = t.until.isnull() | (t.until > t.since)
    return t.filter(stands & (t.status.fill_null("") != "withdrawn"))


def _laid_out(rows: "Table", days: "Table") -> "Table":
    """The rows that stood on each day of change, named after the day so that only rows of one day meet."""
    on = days.select(of=days.family, day=days.day)
    t = rows.join(on, rows.family == on.of)
    t = t.filter((t.since <= t.day) & (t.until.isnull() | (t.until > t.day)))
    day = t.day.cast("string")
    return t.mutate(specimen_id=t.family + day, record_id=t.record_id + day).drop(
        "family", "since", "until", "of", "day"
    )
