"""What citizens and caseworkers of a fault run were told, to be compared with what is stored in the end."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

WAIT_SECONDS = 0.05


@dataclass
class Budget:
    """How many messages are written in all; writers wait at `limit`, until what is planned there has happened."""

    messages: int
    limit: int
    taken: int = 0

    async def take(self) -> bool:
        """One message more, as soon as it may be written; false if there is none left."""
        while self.limit <= self.taken < self.messages:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(WAIT_SECONDS)
        if self.taken >= self.messages:
            return False
        self.taken += 1
        return True

    @property
    def share(self) -> float:
        """How much is used up, 0 to 1."""
        return self.taken / self.messages

    def open_up_to(self, share: float) -> None:
        """Let this share of the messages be written."""
        self.limit = min(self.messages, round(share * self.messages))


@dataclass
class Written:
    """Messages of one writer in one conversation, by key, in the order in which they were acknowledged."""

    sent: set[str] = field(default_factory=set)
    acknowledged: list[str] = field(default_factory=list)
    repeated: int = 0

    def send(self, key: str) -> None:
        """It goes out, for the first time or again."""
        if key in self.sent:
            self.repeated += 1
        self.sent.add(key)

    def acknowledge(self, key: str) -> None:
        """The server has said that it is kept; said twice, it counts once."""
        if key not in self.acknowledged:
            self.acknowledged.append(key)


@dataclass
class Claims:
    """What became of the wish to take a handoff; winners by handoff."""

    tried: int = 0
    taken_by_others: int = 0
    winners: dict[int, set[str]] = field(default_factory=dict)

    def win(self, handoff: int, name: str) -> None:
        """Somebody was told that the handoff is theirs."""
        self.winners.setdefault(handoff, set()).add(name)

    @property
    def doubled(self) -> int:
        """How many handoffs went to more than one."""
        return sum(len(names) > 1 for names in self.winners.values())


def total(written: Iterable[Written]) -> tuple[int, int, int]:
    """(sent, acknowledged, repeated) of all."""
    everything = list(written)
    return (
        sum(len(one.sent) for one in everything),
        sum(len(one.acknowledged) for one in everything),
        sum(one.repeated for one in everything),
    )
