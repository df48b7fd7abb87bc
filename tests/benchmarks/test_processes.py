import sys
import time
from pathlib import Path

import pytest

from benchmarks import processes
from benchmarks.processes import busy_share, cpu_seconds, find, free_ports, memory, run, running, tree, wait_until_ready
from bot.errors import UnavailableError

SLEEP = "import time; time.sleep(60)"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SLEEP!r}, 'the-child'])"


@pytest.fixture
def start(tmp_path):
    def started(code):
        return running([sys.executable, "-c", code], env={}, cwd=tmp_path, log=tmp_path / "log")

    return started


def is_running(pid):
    """A child nobody has waited for is a zombie: ended, but listed."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for_child(pid):
    deadline = time.monotonic() + 10
    while len(tree(pid)) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    return tree(pid)


def test_children_end_with_the_process(start, monkeypatch):
    monkeypatch.setattr(processes, "LEFT_OVER_SECONDS", 0.1)
    with start(PARENT) as program:
        pids = wait_for_child(program.pid)
        assert len(pids) == 2
    assert not any(is_running(pid) for pid in pids)


def test_child_is_found_by_a_word_of_its_command(start, monkeypatch):
    monkeypatch.setattr(processes, "LEFT_OVER_SECONDS", 0.1)
    with start(PARENT) as program:
        child = wait_for_child(program.pid)[1]
        assert find(program.pid, "the-child") == child
        with pytest.raises(UnavailableError, match="no process runs another"):
            find(program.pid, "another")


def test_memory_and_processor_time_are_read(start):
    with start("sum(range(20_000_000)); data = b'x' * 30_000_000; import time; time.sleep(60)") as program:
        deadline = time.monotonic() + 20
        while memory([program.pid]) < 30 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert 30 < memory([program.pid]) < 60
        assert 0.1 < cpu_seconds([program.pid]) < 20


def test_failing_command_is_reported_with_its_last_lines(tmp_path):
    with pytest.raises(UnavailableError, match=r"(?s)status 3.*why"):
        run(
            [sys.executable, "-c", "print('why'); raise SystemExit(3)"],
            env={},
            cwd=tmp_path,
            log=tmp_path / "log",
            timeout=30,
        )


def test_process_that_ends_is_not_waited_for(start):
    (port,) = free_ports(1)
    with start("print('no model')") as program, pytest.raises(UnavailableError, match="no model"):
        wait_until_ready(f"http://127.0.0.1:{port}/", program, timeout=30)


def test_free_ports_are_different():
    assert len(set(free_ports(5))) == 5


def test_busy_share_is_a_share():
    assert 0 <= busy_share(0.1) <= 1
