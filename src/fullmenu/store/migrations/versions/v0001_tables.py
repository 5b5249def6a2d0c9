"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "counters",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "models",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, unique=True),
        sa.Column("samples", sa.BigInteger, nullable=False),
        sa.Column("prompts", sa.BigInteger, nullable=False),
        sa.Column("first_time", sa.BigInteger),
        sa.Column("last_time", sa.BigInteger),
        sa.Column("last_id", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "prompts",
        sa.Column("id", Number, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("name_digest", sa.LargeBinary, nullable=False, index=True),
        sa.Column("prompt_id", sa.Text),
        sa.Column("prompt", sa.Text),
    )
    op.create_table(
        "samples",
        sa.Column("id", Number, primary_key=True, autoincrement=False),
        sa.Column("key", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("model", sa.Integer, sa.ForeignKey("models.id"), nullable=False),
        sa.Column("prompt", sa.BigInteger, sa.ForeignKey("prompts.id"), nullable=False),
        sa.Column("arrived", sa.BigInteger, nullable=False),
        sa.Column("time", sa.BigInteger),
        sa.Column("output", sa.Text, nullable=False),
        sa.Column("score", sa.Float),
        sa.Column("sample_index", sa.Integer),
        sa.Column("source", sa.Text),
        sa.Column("logprobs", sa.Text),
        sa.Column("calls", sa.Text),
        sa.Column("finish_reason", sa.Text),
        sa.Column("system_fingerprint", sa.Text),
        sa.Column("parameters", sa.Text),
        sa.Column("call_id", sa.Text),
        sa.Column("extra", sa.Text),
    )
    op.create_index("samples_of_model", "samples", ["model", "id"])
    op.create_index("samples_of_prompt", "samples", ["prompt", "id"])
    op.create_table(
        "asked",
        sa.Column("model", sa.Integer, sa.ForeignKey("models.id"), primary_key=True,
                  autoincrement=False),
        sa.Column("prompt", sa.BigInteger, sa.ForeignKey("prompts.id"), primary_key=True,
                  autoincrement=False),
        sa.Column("samples", sa.BigInteger, nullable=False),
        sa.Column("last_id", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_table(
        "days",
        sa.Column("model", sa.Integer, sa.ForeignKey("models.id"), primary_key=True,
                  autoincrement=False),
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("samples", sa.BigInteger, nullable=False),
        sa.Column("characters", sa.BigInteger, nullable=False),
        sa.Column("squares", sa.Float, nullable=False),
        sa.Column("empty", sa.BigInteger, nullable=False),
        sa.Column("cut", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_table(
        "watches",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("model", sa.Integer, sa.ForeignKey("models.id"), nullable=False, index=True),
        sa.Column("after", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("state", sa.LargeBinary),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("document", sa.LargeBinary),
        sa.Column("began", sa.BigInteger, nullable=False),
        sa.Column("ended", sa.BigInteger),
        sa.Column("error", sa.Text),
        sa.Column("keeper", sa.Text),
        sa.Column("kept_until", sa.BigInteger),
    )
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("watch", sa.Integer, sa.ForeignKey("watches.id"), nullable=False),
        sa.Column("visit", sa.BigInteger, nullable=False),
        sa.Column("alarm", sa.Text, nullable=False),
        sa.Column("raised", sa.BigInteger, nullable=False),
        sa.Column("acknowledged", sa.BigInteger),
        sa.Column("by", sa.Text),
    )
    op.create_index("alarms_of_watch", "alarms", ["watch", "visit"], unique=True)
    op.create_table(
        "settings",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("created", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("time", sa.BigInteger, nullable=False, index=True),
        sa.Column("model", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
    )
