"""Reviews, and what people answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("begun", sa.BigInteger, nullable=False),
        sa.Column("ended", sa.BigInteger),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("log", sa.LargeBinary),
    )
    op.create_table(
        "answers",
        sa.Column("id", Number, primary_key=True),
        sa.Column("review", sa.Integer, sa.ForeignKey("reviews.id"), nullable=False, index=True),
        sa.Column("entry", sa.Text, nullable=False),
    )
