from pathlib import Path

from benchmarks.large_xzufi import write_file
from bot.catalogue.importers import xzufi


def test_made_up_file_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "large.xml"
    services = write_file(path, 1)
    reading = xzufi.read(path)
    assert path.stat().st_size > 1_000_000
    assert (len(reading.services), len(reading.rejected)) == (services, 0)
    assert len(reading.offices) == services // 10
