"""What the documents say is true, as far as a program can tell: commands, files, settings, links."""

import argparse
import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
import yaml

from bot.__main__ import GROUPS
from bot.catalogue.importers.town import read
from bot.facets import FACETS
from bot.language import LANGUAGES
from bot.settings import FILE_SUFFIX, PREFIX, Settings

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "widget").glob("*.md"),
        *(ROOT / "tests").glob("*/*.md"),
    ]
)
RECORDS = sorted((ROOT / "docs" / "adr").glob("*.md"))
# The project's own files that name places; lock files name none and are checked apart.
FILES = [
    *DOCUMENTS,
    ROOT / "Dockerfile",
    ROOT / "docker-compose.yml",
    ROOT / "publiccode.yml",
    ROOT / "Makefile",
    ROOT / "pyproject.toml",
    *sorted((ROOT / "scripts").iterdir()),
]
FOLDERS = "actions|benchmarks|bot|data|docs|locales|migrations|requirements|responses|scripts|tests|widget"
HEADINGS = ["Context", "Decision", "Rationale", "Status", "Consequences"]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
# Where a file may point: ourselves, our containers and the pages of what it names; and always to *.example.
HOSTS = {"127.0.0.1", "web", "worker", "actions", "docs.astral.sh", "schema.org", "semver.org", "yml.publiccode.tools"}

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
each_record = pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)


def commands(text: str) -> list[str]:
    """Lines of shell blocks and inline code, without "export" and settings in front: "make run", "python -m bot …"."""
    lines = [line for kind, block in FENCE.findall(text) if not kind for line in block.splitlines()]
    lines += re.findall(r"`([^`\n]+)`", FENCE.sub("", text).replace("\n", " "))
    return [re.sub(r"^(?:[A-Z_]+=\S+ )+", "", line.strip()) for line in lines]


@pytest.fixture(scope="module")
def parser() -> argparse.ArgumentParser:
    """The command line as bot.__main__ makes it."""
    made = argparse.ArgumentParser()
    made.add_argument("--version", action="version", version="")
    subparsers = made.add_subparsers(required=True)
    for group in dict.fromkeys(GROUPS.values()):
        import_module(f"bot.commands.{group}").add_parsers(subparsers)
    return made


@each_document
def test_every_make_target_named_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = {line.split()[1] for line in commands(document.read_text(encoding="utf-8")) if line.startswith("make ")}
    assert named <= targets


@each_document
def test_every_command_named_is_understood(document: Path, parser: argparse.ArgumentParser) -> None:
    for line in commands(document.read_text(encoding="utf-8")):
        found = re.search(r"python -m bot ([a-z-].*)", line)
        arguments = shlex.split(found.group(1)) if found else []
        if not arguments or arguments in (["up"], ["--help"], ["--version"]):
            continue
        parser.parse_args(arguments)  # ends the test with the parser's own sentence where it refuses


@each_document
def test_every_module_named_exists(document: Path) -> None:
    for line in commands(document.read_text(encoding="utf-8")):
        for module in re.findall(r"python -m (bot\.[\w.]+|actions)\b", line):
            path = ROOT / module.replace(".", "/")
            assert path.is_dir() or path.with_suffix(".py").exists(), line


@each_document
def test_every_file_of_the_project_named_in_code_exists(document: Path) -> None:
    for line in commands(document.read_text(encoding="utf-8")):
        for word in line.split():
            if re.fullmatch(rf"(?:{FOLDERS})/[\w./*<>-]+", word):
                for path in _filled(word):
                    assert list(ROOT.glob(path.rstrip("/"))), f"{word}: {path}"


def _filled(path: str) -> Iterator[str]:
    """ "responses/<language>/<topic>.yml" → "responses/de/*.yml", "responses/en/*.yml"."""
    for language in LANGUAGES:
        yield re.sub(r"<\w+>", "*", path.replace("<language>", language))


@each_document
def test_every_setting_named_exists(document: Path) -> None:
    known = {PREFIX + field.name.upper() for field in fields(Settings)}
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+\b", document.read_text(encoding="utf-8")))
    assert {name.removesuffix(FILE_SUFFIX) for name in named} <= known


@each_document
def test_every_link_and_image_leads_somewhere(document: Path) -> None:
    text = FENCE.sub("", document.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?://|mailto:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        assert file.is_relative_to(ROOT), target
        assert file.exists(), target
        if anchor:
            assert anchor in _anchors(file), target


def _anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_names_a_place_of_one_machine_or_a_foreign_host(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not re.findall(r"(?<![\w.>])/(?:home|root|work|Users)/\w+", text)
    hosts = {str(urlsplit(url).hostname) for url in re.findall(r"https?://[^\s)>\"'`\]]+", text)}
    assert {host for host in hosts - HOSTS if not host.endswith(".example")} == set()


@pytest.mark.parametrize("name", ["app", "dev", "rasa", "rasa-dev"])
def test_requirements_are_pinned_with_hashes_and_name_no_index(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert "://" not in text
    entries = re.findall(r"^([a-z0-9][^ ]*) .*\\$", text, re.M)
    assert entries
    assert all("==" in entry for entry in entries)
    assert not re.findall(r"^-", text, re.M)
    assert len(re.findall(r"^    --hash=sha256:", text, re.M)) >= len(entries)


def test_every_library_has_its_line_in_the_record() -> None:
    record = next(path for path in RECORDS if path.stem.endswith("libraries")).read_text(encoding="utf-8").lower()
    for name in ("app", "rasa"):
        for line in (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines():
            library = re.match(r"[A-Za-z0-9_-]+", line)
            if library:
                assert re.search(rf"^\|[^|]*\b{library.group().lower()}\b", record, re.M) or (
                    library.group() == "psycopg" and "psycopg 3" in record
                ), library.group()


def test_records_are_numbered_without_a_gap() -> None:
    assert [path.name[:5] for path in RECORDS] == [f"{number:04}-" for number in range(1, len(RECORDS) + 1)]


@each_record
def test_a_record_has_its_number_and_the_five_headings(record: Path) -> None:
    lines = record.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith(f"# {int(record.name[:4])}. ")
    assert [line.removeprefix("## ") for line in lines if line.startswith("## ")] == HEADINGS
    assert 25 <= len(lines) <= 50


def test_references_to_records_name_one_that_exists() -> None:
    for document in DOCUMENTS:
        for number in re.findall(r"\bADR (\d+)", document.read_text(encoding="utf-8")):
            assert int(number) <= len(RECORDS), document


def test_the_readme_names_every_facet() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"`{facet}`" in text for facet in FACETS)


def test_the_example_of_a_service_can_be_imported(tmp_path: Path) -> None:
    demo = ROOT / "data" / "catalogue" / "auenfurt"
    examples = [block for kind, block in FENCE.findall(_text("docs/catalogue.md")) if kind == "yaml"]
    (tmp_path / "services").mkdir()
    for name in ("town.yml", "offices.yml"):
        (tmp_path / name).write_text((demo / name).read_text(encoding="utf-8"), encoding="utf-8")
    for number, example in enumerate(examples):
        (tmp_path / "services" / f"{number}.yml").write_text(example, encoding="utf-8")
    assert [service.id for service in read(tmp_path).services] == ["parkausweis"]


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


class _Wording(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    shortDescription: str  # noqa: N815 - the standard's own name
    longDescription: str  # noqa: N815
    features: list[str]


class _PublicCode(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The mandatory keys of the standard, and the optional ones we use."""

    publiccodeYmlVersion: str  # noqa: N815
    name: str
    url: str
    platforms: list[str]
    categories: list[str]
    developmentStatus: str  # noqa: N815
    softwareType: str  # noqa: N815
    intendedAudience: dict[str, list[str]]  # noqa: N815
    description: dict[str, _Wording]
    legal: dict[str, str]
    maintenance: dict[str, Any]
    localisation: dict[str, Any]
    dependsOn: dict[str, list[dict[str, Any]]]  # noqa: N815


def test_publiccode_has_what_the_standard_asks_for() -> None:
    code = msgspec.convert(yaml.safe_load(_text("publiccode.yml")), _PublicCode)
    project = tomllib.loads(_text("pyproject.toml"))["project"]
    assert tuple(int(part) for part in code.publiccodeYmlVersion.split(".")) >= (0, 4)
    assert (code.name.lower(), code.legal["license"]) == (project["name"], project["license"])
    assert code.maintenance["contacts"]
    assert set(code.localisation["availableLanguages"]) == set(LANGUAGES) == set(code.description)
    for wording in code.description.values():
        assert len(wording.shortDescription) <= 150
        assert 150 <= len(wording.longDescription) <= 10_000
        assert wording.features


def test_the_licence_is_the_one_that_is_named() -> None:
    licence = _text("LICENSE")
    assert licence.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n")
    assert all(f"\n{article}." in licence for article in range(1, 16))
