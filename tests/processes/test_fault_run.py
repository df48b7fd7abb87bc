"""The fault run of `make faults`, in short: every process is killed once while people write."""

from collections.abc import Callable
from pathlib import Path

from tests.load.faults import SETTINGS, Plan, run
from tests.load.kills import PROGRAMS
from tests.load.table import faults_of
from tests.processes.running import running_stadtlotse

SHORT = Plan(messages=300, citizens=20, caseworkers=3, kills=3, thinks=1.5, seconds=240)


async def test_nothing_acknowledged_is_lost_or_doubled_when_processes_are_killed(
    tmp_path: Path, new_database: Callable[[str], str]
) -> None:
    url = new_database("fault_run")
    with running_stadtlotse(tmp_path, url, **SETTINGS) as running:
        result = await run(SHORT, running, url)
    assert faults_of(result) == {}
    assert result.acknowledged == SHORT.messages + SHORT.citizens
    assert result.repeated > 0
    assert result.claims_won > 0
    assert sorted(outage.program for outage in result.outages) == sorted(PROGRAMS)
