"""The tables of a store. Moments are microseconds since 1970."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

metadata = MetaData()
Number = BigInteger().with_variant(Integer(), "sqlite")  # there only INTEGER names the row itself

counters = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""``sample``: the number of the last sample that came; ``arrived``: when."""

models = Table(
    "models",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, unique=True),
    Column("samples", BigInteger, nullable=False),
    Column("prompts", BigInteger, nullable=False),
    Column("first_time", BigInteger),
    Column("last_time", BigInteger),
    Column("last_id", BigInteger, nullable=False),
)

prompts = Table(
    "prompts",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("name_digest", LargeBinary, nullable=False, index=True),
    Column("prompt_id", Text),
    Column("prompt", Text),
)
"""Each once, by the digest of id and text; ``name_digest`` is of what identifies it."""

samples = Table(
    "samples",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("key", LargeBinary, nullable=False, unique=True),
    Column("model", Integer, ForeignKey("models.id"), nullable=False),
    Column("prompt", BigInteger, ForeignKey("prompts.id"), nullable=False),
    Column("arrived", BigInteger, nullable=False),
    Column("time", BigInteger),
    Column("output", Text, nullable=False),
    Column("score", Float),
    Column("sample_index", Integer),
    Column("source", Text),
    Column("logprobs", Text),
    Column("calls", Text),
    Column("finish_reason", Text),
    Column("system_fingerprint", Text),
    Column("parameters", Text),
    Column("call_id", Text),
    Column("extra", Text),
    Index("samples_of_model", "model", "id"),
    Index("samples_of_prompt", "prompt", "id"),
)

asked = Table(
    "asked",
    metadata,
    Column("model", Integer, ForeignKey("models.id"), primary_key=True, autoincrement=False),
    Column("prompt", BigInteger, ForeignKey("prompts.id"), primary_key=True, autoincrement=False),
    Column("samples", BigInteger, nullable=False),
    Column("last_id", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

SUMS = ("samples", "characters", "squares", "empty", "cut")
"""What is added up of a day."""

days = Table(
    "days",
    metadata,
    Column("model", Integer, ForeignKey("models.id"), primary_key=True, autoincrement=False),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("samples", BigInteger, nullable=False),
    Column("characters", BigInteger, nullable=False),
    Column("squares", Float, nullable=False),
    Column("empty", BigInteger, nullable=False),
    Column("cut", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""``day``: days since 1970, in UTC."""

watches = Table(
    "watches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("model", Integer, ForeignKey("models.id"), nullable=False, index=True),
    Column("after", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("settings", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("state", LargeBinary),
    Column("version", BigInteger, nullable=False),
    Column("document", LargeBinary),
    Column("began", BigInteger, nullable=False),
    Column("ended", BigInteger),
    Column("error", Text),
    Column("keeper", Text),
    Column("kept_until", BigInteger),
)
"""``version`` counts the states; ``keeper`` is the server that runs it, until ``kept_until``."""

alarms = Table(
    "alarms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("watch", Integer, ForeignKey("watches.id"), nullable=False),
    Column("visit", BigInteger, nullable=False),
    Column("alarm", Text, nullable=False),
    Column("raised", BigInteger, nullable=False),
    Column("acknowledged", BigInteger),
    Column("by", Text),
    Index("alarms_of_watch", "watch", "visit", unique=True),
)

settings = Table(
    "settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("created", BigInteger, nullable=False),
)

changes = Table(
    "changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("time", BigInteger, nullable=False, index=True),
    Column("model", Text),
    Column("text", Text, nullable=False),
)

reviews = Table(
    "reviews",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("begun", BigInteger, nullable=False),
    Column("ended", BigInteger),
    Column("settings", Text, nullable=False),
    Column("log", LargeBinary),
)
"""``log``: the outputs asked about, compressed; they go when the review ends."""

answers = Table(
    "answers",
    metadata,
    Column("id", Number, primary_key=True),
    Column("review", Integer, ForeignKey("reviews.id"), nullable=False, index=True),
    Column("entry", Text, nullable=False),
)
"""Only ever appended to."""
