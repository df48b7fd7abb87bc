"""A collection whose members are changed as they are looked at, so that a large one need not be in memory."""

from collections.abc import Callable, Collection, Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Mapped(Collection[Item], Generic[Item]):
    """`items` with `change` applied to each, anew in every iteration."""

    def __init__(self, items: Collection[Item], change: Callable[[Item], Item]) -> None:
        self._items = items
        self._change = change

    def __iter__(self) -> Iterator[Item]:
        return map(self._change, self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, item: object) -> bool:
        return any(item == known for known in self)
