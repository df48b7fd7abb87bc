"""The table of runs of jobs."""

from datetime import datetime

from sqlalchemy import JSON, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, UtcDateTime

NAME_LENGTH = 40
WHO_LENGTH = 80
RUNNER_LENGTH = 32


class JobRunRow(Base):
    """One run of a job. `slot` says which one, so that of several processes only one does it."""

    __tablename__ = "job_run"
    __table_args__ = (
        UniqueConstraint("job", "slot"),
        Index("ix_job_run_last", "job", "started_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(NAME_LENGTH))
    slot: Mapped[str] = mapped_column(String(NAME_LENGTH))  # "2026-11-22", or the moment of a run by hand
    who: Mapped[str] = mapped_column(String(WHO_LENGTH))  # SYSTEM or COMMAND_LINE of the audit log
    runner: Mapped[str] = mapped_column(String(RUNNER_LENGTH))  # random; the process that has it now
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)  # the last sign of life
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    error: Mapped[str] = mapped_column(String(WHO_LENGTH))  # name of its class, never its text; "" is none
