from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from tests.web.mail.post_office import PostOffice

OpenPostOffice = Callable[..., Awaitable[PostOffice]]


@pytest.fixture
async def open_post_office() -> AsyncIterator[OpenPostOffice]:
    opened: list[PostOffice] = []

    async def start(**values: Any) -> PostOffice:
        opened.append(PostOffice(**values))
        await opened[-1].open()
        return opened[-1]

    yield start
    for office in opened:
        await office.close()


@pytest.fixture
async def post_office(open_post_office: OpenPostOffice) -> PostOffice:
    return await open_post_office()
