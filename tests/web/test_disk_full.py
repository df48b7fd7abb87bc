"""The disk with the SQLite file is full, for real: a small file system where it may be mounted, else a limit on files.

Both are tried where both are possible: they fail with different errors of the operating system.
"""

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.migrations import upgrade
from tests.web.conftest import Citizen, open_session
from tests.web.test_several import real_process
from tests.web.worker import FakeWorker

MEBIBYTE = 1 << 20
MOST_TRIES = 300  # messages until no page of the file is free any more
TEXT = "Was kostet ein Reisepass? " * 30

Disk = tuple[Callable[[int], None], Callable[[int], None]]  # fill and free it, for a process


@contextmanager
def small_file_system(folder: Path) -> Iterator[Disk]:
    """Four megabytes, of which `fill` takes what is left."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={4 * MEBIBYTE}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode != 0:
        pytest.skip("a file system can be mounted by root only")
    filler = folder / "filler"

    def fill(_pid: int) -> None:
        with filler.open("wb", buffering=0) as file:
            for size in (4096, 512, 1):
                try:
                    while file.write(b"\0" * size) == size:
                        pass
                except OSError:
                    continue

    try:
        yield fill, lambda _pid: filler.unlink()
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def limited_files(folder: Path) -> Iterator[Disk]:
    """No file of the process may grow beyond the size of the largest one."""
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(pid: int) -> None:
        largest = max(file.stat().st_size for file in folder.iterdir())
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest, unlimited[1]))

    yield fill, lambda pid: resource.prlimit(pid, resource.RLIMIT_FSIZE, unlimited) and None


@pytest.mark.parametrize("disk", [small_file_system, limited_files])
async def test_full_disk_is_said_loses_nothing_and_is_over_when_there_is_space(
    tmp_path: Path, worker: FakeWorker, disk: Callable[[Path], Iterator[Disk]]
) -> None:
    with disk(tmp_path) as (fill, free):
        url = f"sqlite:///{tmp_path}/stadtlotse.db"
        upgrade(url)
        async with (
            open_session() as session,
            real_process(url, worker, MESSAGES_PER_MINUTE="1000") as (process, origin),
        ):
            begun = await (await session.post(f"{origin}/api/v1/conversations", json={"language": "de"})).json()
            citizen = Citizen(session, origin, begun["id"], begun["token"])
            await citizen.say(TEXT, key="before")
            fill(process.pid)
            acknowledged = ["before"]
            for number in range(MOST_TRIES):
                key = f"full{number}"
                response = await citizen.post({"text": TEXT}, key=key)
                if response.status != 200:
                    break
                acknowledged.append(key)
            assert (response.status, (await response.json())["error"]["code"]) == (503, "unavailable")
            assert "Retry-After" in response.headers
            said = [message for message in await citizen.history() if message["role"] == "citizen"]
            assert len(acknowledged) <= len(said) <= len(acknowledged) + 1  # the last one may lack its answer only
            assert (await session.post(f"{origin}/api/v1/conversations", json={})).status in {201, 503}
            assert (await session.get(f"{origin}/healthz")).status == 200
            free(process.pid)
            for key in [*acknowledged, f"full{number}"]:
                await citizen.say(TEXT, key=key)
            await citizen.say("Und weiter?", key="after")
            history = await citizen.history()
            assert [message["role"] for message in history] == ["citizen", "bot"] * (len(acknowledged) + 2)
            assert process.returncode is None
