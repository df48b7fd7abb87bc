"""The table of e-mails to citizens. It holds no address and no text: these stand in the request alone."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.conversations.handoff_models import RequestRow
from bot.database import Base, UtcDateTime


class OutboxRow(Base):
    """An e-mail about a request: waiting, sent or given up. Of each kind a request has one at most."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("request_id", "kind"),
        Index("ix_outbox_next", "state", "next_at"),
        Index("ix_outbox_queued", "kind", "queued_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey(RequestRow.id, ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))  # an outbox.Kind
    token: Mapped[str] = mapped_column(String(32))  # makes the Message-ID, the same at every try
    state: Mapped[str] = mapped_column(String(10))  # an outbox.State
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int]
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)  # of the next try; while one runs, of the one after a crash
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # sent or given up
    problem: Mapped[str] = mapped_column(String(20))  # an outbox.Problem, "" where there is none
