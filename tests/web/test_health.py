import pytest

from bot.errors import DatabaseUnavailableError
from tests.web.conftest import Web
from tests.web.worker import FakeWorker


async def test_process_says_it_lives_whatever_else_is_down(web: Web, worker: FakeWorker, actions: FakeWorker) -> None:
    await worker.stop()
    await actions.stop()
    response = await web.request("GET", "/healthz")
    assert (response.status, await response.json()) == (200, {"status": "ok"})


async def test_everything_up_is_ready(web: Web) -> None:
    response = await web.request("GET", "/readyz")
    assert (response.status, await response.json()) == (200, {"status": "ok"})


async def test_what_is_down_is_named(web: Web, worker: FakeWorker, actions: FakeWorker) -> None:
    await worker.stop()
    response = await web.request("GET", "/readyz")
    assert response.status == 503
    assert (await response.json())["error"] == {"code": "unavailable", "message": "does not answer: worker"}
    actions.healthy = False
    response = await web.request("GET", "/readyz")
    assert (await response.json())["error"]["message"] == "does not answer: worker, actions"


async def test_database_that_is_down_is_named_and_refuses_in_the_one_shape(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise DatabaseUnavailableError("the database does not answer")

    monkeypatch.setattr("bot.conversations.store.Store.read", fail)
    monkeypatch.setattr("bot.conversations.store.Store.write", fail)
    response = await web.request("GET", "/readyz")
    assert (await response.json())["error"]["message"] == "does not answer: database"
    response = await web.request("POST", "/api/v1/conversations")
    assert response.status == 503
    assert int(response.headers["Retry-After"]) > 0
    assert (await response.json())["error"]["code"] == "unavailable"
