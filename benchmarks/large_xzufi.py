"""Time and memory of importing a large XZuFi file: `python -m benchmarks.large_xzufi --megabytes 100`.

The file is made up of the tests' sample, each service with its own id and longer texts, and imported into a database of
its own by a process of its own, twice: the second time nothing may change.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bot.training.fingerprint import ROOT

SAMPLE = ROOT / "tests" / "catalogue" / "importers" / "sample_xzufi.xml"
MESSAGE = "  <xzufi:schreibe>"
SERVICE_ID = "L999.S1."
SENTENCE = "Wer in Moorheim wohnt, bekommt die Karte — ohne lange zu warten und ohne Gebühr. "
SERVICES_PER_OFFICE = 10


def write_file(path: Path, megabytes: int) -> int:
    """Writes a full dump of that size and returns the number of its services."""
    head, *messages = SAMPLE.read_text(encoding="utf-8").split(MESSAGE)
    service = next(one for one in messages if f"{SERVICE_ID}101" in one)
    office = next(one for one in messages if "organisationseinheit" in one)
    service = service.replace("Sie wohnen in Moorheim.", SENTENCE * 60)
    written = number = 0
    with path.open("w", encoding="utf-8") as file:
        written += file.write(head)
        while written < megabytes * 1_000_000:
            number += 1
            written += file.write(MESSAGE + service.replace(SERVICE_ID, f"L{number}."))
            if number % SERVICES_PER_OFFICE == 0:
                office_of_its_own = office.replace(SERVICE_ID, f"L{number}.").replace(">B1<", f">B{number}<")
                written += file.write(MESSAGE + office_of_its_own)
        file.write(messages[-1][messages[-1].index("</xzufi:leistungen") :])
    return number


def main(arguments: list[str] | None = None) -> int:
    """Prints what was measured; the exit status of the import."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=100)
    megabytes = parser.parse_args(arguments).megabytes
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "large.xml"
        services = write_file(file, megabytes)
        print(f"{megabytes} MB, {services} services")
        environment = {**os.environ, "STADTLOTSE_DATABASE_URL": f"sqlite:///{folder}/large.db"}
        for _ in range(2):
            start = time.monotonic()
            done = subprocess.run(
                [sys.executable, "-m", "bot", "import", "xzufi", str(file)],
                env=environment,
                cwd=ROOT,
                stderr=subprocess.DEVNULL,
                check=False,
            )
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
            print(f"  {time.monotonic() - start:.0f} s, at most {peak} MB of memory")
            if done.returncode:
                return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
