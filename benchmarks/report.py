"""One run as a whole: figures, what they were measured on, and the notes without which they say little."""

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.figures import Figures, check_aims, compare
from benchmarks.load import CITIZENS, LATE_TURNS, TURNS_OF_A_CITIZEN, Counts
from benchmarks.sentences import KIND_SHARES, LANGUAGE_SHARES, SEED
from benchmarks.stock_project import DEFAULT_EPOCHS, Training
from benchmarks.table import aim_lines, markdown_table, plain_table
from bot.errors import NotFoundError

BUSY = 0.1  # of all processor time, used by others while we do nothing; from here on a machine is not at rest


@dataclass(frozen=True, kw_only=True)
class Run:
    """What was measured; `busy` is the largest share of the processors that others used before a round of a system."""

    counts: Counts
    sentences: int
    busy: Mapping[str, float]
    ours: Figures | None = None
    stock: Figures | None = None
    training: Training | None = None
    at: str = ""


def render(run: Run, *, markdown: bool) -> str:
    """The table with its aims and notes."""
    rows = compare(run.ours or {}, run.stock or {})
    table = markdown_table(rows) if markdown else plain_table(rows)
    lines = [*aim_lines(check_aims(run.ours or {})), *_notes(run)]
    return "\n\n".join([table, "\n".join(f"- {line}" for line in lines)])


def save(run: Run, file: Path) -> None:
    """Keep the run as JSON."""
    content = {
        "at": run.at,
        "machine": _machine(),
        "busy": dict(run.busy),
        "counts": asdict(run.counts),
        "sentences": run.sentences,
        "seed": SEED,
        "ours": run.ours,
        "stock": run.stock,
        "stock_training": None if run.training is None else asdict(run.training),
        "rows": [
            {"measure": row.measure.name, "unit": row.measure.unit, "ratio": row.ratio, "is_met": row.is_met}
            for row in compare(run.ours or {}, run.stock or {})
        ],
        "aims": [
            {"aim": item.aim.title, "value": item.value, "is_met": item.is_met} for item in check_aims(run.ours or {})
        ],
    }
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def load(file: Path) -> Run:
    """The run that was kept last.

    Raises:
        NotFoundError: none has been kept.
    """
    if not file.exists():
        raise NotFoundError(f"{file} does not exist; measure first")
    content = json.loads(file.read_text(encoding="utf-8"))
    training = content["stock_training"]
    return Run(
        counts=Counts(**content["counts"]),
        sentences=content["sentences"],
        busy=content["busy"],
        ours=content["ours"],
        stock=content["stock"],
        training=training and Training(**training),
        at=content["at"],
    )


def _notes(run: Run) -> list[str]:
    counts = run.counts
    languages = ", ".join(f"{share:.0%} {language}" for language, share in LANGUAGE_SHARES.items())
    kinds = ", ".join(f"{share:.0%} {kind}" for kind, share in KIND_SHARES.items())
    notes = [
        f"{run.at[:10]}, {_machine()}; one run, the systems in turns, {counts.rounds} rounds of each; the "
        "citizens on the same machine.",
        f"{run.sentences:,} held-out sentences of tests/nlu ({languages}; {kinds}), seed {SEED}; both systems are "
        "told the same.",
        f"Counts of a round: {counts.warm_up} messages to warm up; turn 1 of {counts.first_turns} conversations; "
        f"turn 60 is turns {LATE_TURNS[0]} to {LATE_TURNS[-1]} of {counts.long_conversations} conversations, one after "
        "the other; "
        f"{CITIZENS} citizens without pause for {counts.throughput_seconds:.0f} s, {TURNS_OF_A_CITIZEN} turns each "
        "conversation; start: median of the rounds, from the first process to the first reply.",
        "Both start from compiled Python files. Memory is PSS after that load, over all processes: ours with "
        "supervisor, web, worker and action server; stock with `rasa run` and the same action server over the same "
        "catalogue, whose time stock's latencies include.",
    ]
    if run.ours is not None:
        notes.append(
            "Ours: POST /api/v1/conversations/{id}/messages with two commits; a conversation is opened before "
            f"({run.ours['opening_p50']:.1f} ms, p50), stock does so in the first message. The limits on messages and "
            "conversations were raised by settings; one machine is one address. Training: `rasa train --force`, "
            "then the concepts of the thesaurus. Search: a made-up catalogue, in a process of its own."
        )
    if run.stock is not None and run.training is not None:
        notes += [
            "Stock: pipeline and policies that Rasa fills in for `rasa init`; same examples, rules and domain, with "
            "the replies of both languages; /webhooks/rest/webhook; SQLite tracker store. No part of it recognises the "
            "language, so it answers in German. There are rules and no stories: TED and UnexpecTED learn nothing.",
            _training_note(run.training),
        ]
    busy = [f"{share:.0%} before {system}" for system, share in run.busy.items() if share > BUSY]
    if busy:
        notes.append(f"Others used the processors: {', '.join(busy)}. These figures are not to be quoted.")
    return notes


def _training_note(training: Training) -> str:
    if training.epochs == DEFAULT_EPOCHS:
        return f"Stock was trained for {training.epochs} epochs in {training.seconds:,.0f} s, once, and kept."
    return (
        f"Stock was trained for {training.epochs} of {DEFAULT_EPOCHS} epochs: {training.seconds:,.0f} s measured, "
        f"{training.loop_seconds:,.0f} s of them in epochs; {training.full_seconds:,.0f} s, as in the table, are "
        f"extrapolated to {DEFAULT_EPOCHS}. A model is as large and as slow after few epochs as after many."
    )


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1_000_000_000
    return f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GB, {platform.system()} {platform.machine()}"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unnamed"
