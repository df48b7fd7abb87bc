import asyncio

import pytest

from bot.web.chat.locks import ConversationLocks
from bot.web.chat.running import RunningTurns


async def test_holders_of_one_conversation_take_turns_in_order() -> None:
    locks, order = ConversationLocks(), []

    async def hold(number: int) -> None:
        async with locks.hold("a") as waited:
            order.append((number, waited))
            await asyncio.sleep(0)

    await asyncio.gather(*map(hold, range(4)))
    assert order == [(0, False), (1, True), (2, True), (3, True)]


async def test_other_conversation_is_not_held_up() -> None:
    locks = ConversationLocks()
    async with locks.hold("a"), asyncio.timeout(1), locks.hold("b") as waited:
        assert not waited


async def test_nothing_is_kept_of_locks_nobody_holds() -> None:
    locks = ConversationLocks()
    async with locks.hold("a"):
        waiting = asyncio.create_task(locks.hold("a").__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert len(locks) == 1
    with pytest.raises(RuntimeError):
        async with locks.hold("b"):
            raise RuntimeError
    assert len(locks) == 0


async def test_turn_is_finished_though_nobody_waits_for_it() -> None:
    running, gate, done = RunningTurns(), asyncio.Event(), []

    async def turn() -> None:
        await gate.wait()
        done.append(True)

    waiting = asyncio.create_task(running.finish(turn()))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    gate.set()
    assert await running.drain(seconds=1) == 0
    assert done == [True]


async def test_turn_that_takes_too_long_is_cut_when_the_server_stops() -> None:
    running = RunningTurns()
    task = running.start(asyncio.sleep(60))
    assert await running.drain(seconds=0.01) == 1
    assert task.cancelled()
    assert await running.drain(seconds=0.01) == 0
