import asyncio

from bot.errors import DatabaseUnavailableError
from bot.web.background import repeat, stop
from tests.web.conftest import ReadLog


async def test_work_goes_on_after_an_error_and_only_the_unexpected_one_is_logged(logged: ReadLog) -> None:
    errors = [DatabaseUnavailableError("away"), ValueError("Ein Geheimnis"), None]
    done = asyncio.Event()

    async def work() -> None:
        error = errors.pop(0)
        if error is not None:
            raise error
        done.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(repeat(work, seconds=0.001))
    async with asyncio.timeout(5):
        await done.wait()
    await stop(task)
    assert task.cancelled()
    assert logged().count("background_work_failed") == 1
    assert "ValueError" in logged()
    assert "Geheimnis" not in logged()
