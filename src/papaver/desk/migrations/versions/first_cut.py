"""Items, revisions, exhibits, events and the streams read so far."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of the first cut."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "item",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("analysis", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("place", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("status_since", moment, nullable=False),
        sa.Column("label", sa.String),
        sa.Column("closing_code", sa.String),
        sa.Column("reason", sa.Text),
        sa.Column("raised_at", moment, nullable=False),
        sa.Column("raised_again_at", moment),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_item"),
        sa.CheckConstraint("(status = 'closed') = (closing_code IS NOT NULL)", name=op.f("ck_item_closed_with_a_code")),
        sa.CheckConstraint("label IS NULL OR status = 'verifying'", name=op.f("ck_item_label_of_verifying")),
    )
    op.create_index("ix_item_status", "item", ["status"])
    op.create_index("ix_item_analysis_kind_what_place", "item", ["analysis", "kind", "what", "place"])
    op.create_table(
        "revision",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("known_on", sa.Date),
        sa.Column("recorded_at", moment, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("strength", sa.Float, nullable=False),
        sa.Column("episode_end", sa.Date, nullable=False),
        sa.Column("raised", sa.Boolean, nullable=False),
        sa.Column("cases", sa.Float, nullable=False),
        sa.Column("died", sa.Boolean, nullable=False),
        sa.Column("streams", sa.Text, nullable=False),
        sa.Column("places", sa.Text, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("spark", sa.Text),
        sa.PrimaryKeyConstraint("key", "number", name="pk_revision"),
        sa.ForeignKeyConstraint(["key"], ["item.key"], name="fk_revision_item"),
    )
    op.create_table(
        "exhibit",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("drawn", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", "number", name="pk_exhibit"),
        sa.ForeignKeyConstraint(["key", "number"], ["revision.key", "revision.number"], name="fk_exhibit_revision"),
    )
    _events_and_streams(moment)


def _events_and_streams(moment: "sa.DateTime") -> None:
    op.create_table(
        "event",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("before", sa.String),
        sa.Column("after", sa.String, nullable=False),
        sa.Column("label", sa.String),
        sa.Column("closing_code", sa.String),
        sa.Column("reason", sa.Text),
        sa.Column("revision", sa.Integer),
        sa.PrimaryKeyConstraint("key", "sequence", name="pk_event"),
        sa.ForeignKeyConstraint(["key"], ["item.key"], name="fk_event_item"),
    )
    op.create_index("ix_event_at", "event", ["at"])
    op.create_table(
        "stream",
        sa.Column("analysis", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("first_period", sa.Date, nullable=False),
        sa.Column("last_period", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("analysis", "name", name="pk_stream"),
    )


def downgrade() -> None:
    """Drop the tables; the desk is lost."""
    for table in ("stream", "event", "exhibit", "revision", "item"):
        op.drop_table(table)
