"""docker-compose.yml and Dockerfile, read as text: what can be said about them without a container engine."""

import re
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import FILE_SUFFIX, PREFIX, Settings

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
SETTINGS = {PREFIX + field.name.upper(): field for field in fields(Settings)}

every_service = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)


def stages() -> dict[str, str]:
    """The Dockerfile's stages by name, each with the text of the stages it builds on before its own."""
    found: dict[str, str] = {}
    for base, name, text in re.findall(r"^FROM (\S+) AS (\S+)\n(.*?)(?=^FROM |\Z)", DOCKERFILE, re.M | re.S):
        found[name] = found.get(base, f"FROM {base}\n") + text
    return found


def final_images() -> dict[str, str]:
    targets = sorted({service["build"]["target"] for service in SERVICES.values() if "build" in service})
    return {target: stages()[target] for target in targets}


def test_only_web_publishes_a_port_and_only_on_this_machine() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:8080:8080"]}
    assert not any("network_mode" in service or "expose" in service for service in SERVICES.values())


def test_all_networks_but_webs_own_are_internal() -> None:
    open_networks = {name for name, network in COMPOSE["networks"].items() if not (network or {}).get("internal")}
    assert [name for name, service in SERVICES.items() if open_networks & set(service["networks"])] == ["web"]


def test_the_worker_reaches_neither_database_nor_secrets() -> None:
    worker = SERVICES["worker"]
    assert set(worker["networks"]).isdisjoint(SERVICES["database"]["networks"])
    assert not worker.get("secrets")


@every_service
def test_a_container_has_few_rights_and_bounded_memory(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])


@every_service
def test_a_container_starts_again_unless_its_work_is_done(service: dict[str, Any]) -> None:
    one_shot = service.get("healthcheck") == {"disable": True}
    assert service["restart"] == ("no" if one_shot else "unless-stopped")


@every_service
def test_nothing_waits_for_a_service_that_is_not_there_or_says_no_health(service: dict[str, Any]) -> None:
    for name, how in service.get("depends_on", {}).items():
        awaited = SERVICES[name]
        if how["condition"] == "service_healthy":
            assert "test" in awaited.get("healthcheck", {}) or "HEALTHCHECK" in stages()[awaited["build"]["target"]]
        else:
            assert how["condition"] == "service_completed_successfully"
            assert awaited["restart"] == "no"


def test_every_variable_is_a_setting() -> None:
    used = {name for service in SERVICES.values() for name in service.get("environment", {}) if name.startswith(PREFIX)}
    used |= set(re.findall(rf"\b{PREFIX}\w+(?==)", DOCKERFILE))
    assert {name.removesuffix(FILE_SUFFIX) for name in used} <= SETTINGS.keys()


def test_the_values_of_compose_are_accepted(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgresql://stadtlotse:secret@database/stadtlotse", encoding="utf-8")
    for service in SERVICES.values():
        environment = {name: _default(value) for name, value in service.get("environment", {}).items()}
        environment |= {name: str(secret) for name in environment if name.endswith(FILE_SUFFIX)}
        Settings.from_env(environment)


def _default(value: str) -> str:
    """ "${TRUSTED_PROXY:-false}" → "false": what the container gets when the operator sets nothing."""
    return re.sub(r"\$\{\w+:-(.*?)\}", r"\1", value)


def test_processes_find_each_other_where_the_images_listen() -> None:
    web = SERVICES["web"]["environment"]
    assert web["STADTLOTSE_WORKER_URL"] == "http://worker:5005"
    assert web["STADTLOTSE_ACTIONS_URL"] == SERVICES["worker"]["command"][-1] == "http://actions:5055"
    for name, port in (("web", 8080), ("worker", 5005), ("actions", 5055)):
        assert f"EXPOSE {port}" in stages()[name]
        assert f"127.0.0.1:{port}/" in stages()[name]


def test_no_password_stands_in_a_file_of_the_project() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert not re.search(r"(?i)password: *[^\s{]|://[^<\s]+:[^<\s/]+@", text)
    for secret in COMPOSE["secrets"].values():
        assert secret["file"].startswith("./secrets/")
    assert (ROOT / "secrets" / ".gitignore").read_text(encoding="utf-8").split()[-2:] == ["*", "!.gitignore"]


@pytest.mark.parametrize("image", final_images().values(), ids=final_images())
def test_an_image_runs_as_nobody_in_particular_and_says_its_health(image: str) -> None:
    users = re.findall(r"^USER (\S+)$", image, re.M)
    assert users == ["10001:10001"]
    assert len(re.findall(r"^HEALTHCHECK", image, re.M)) == 1
    assert not re.search(r"\bapt-get\b|\bpip\b|^ADD ", image, re.M), "installing belongs to an earlier stage"


def test_the_database_image_runs_as_its_own_user() -> None:
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", SERVICES["database"]["user"])


def test_packages_are_installed_by_their_hashes() -> None:
    installs = re.findall(r"pip\b[^\n]* install [^\n]*", DOCKERFILE)
    assert len(installs) == 2
    assert all("--require-hashes --requirement /tmp/requirements.txt" in install for install in installs)


def test_everything_copied_into_an_image_exists_and_is_not_ignored() -> None:
    listed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sent = [line[1:] for line in listed if line.startswith("!")]
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.M):
        for source in sources.split():
            assert (ROOT / source).exists(), source
            assert any(source == path or source.startswith(f"{path}/") for path in sent), source


def test_the_images_have_all_data_the_programs_read() -> None:
    """What `rasa train` reads goes into the model's stage; everything else under data/ is read by web or actions."""
    folders = {f"data/{path.name}" for path in (ROOT / "data").iterdir() if path.is_dir()}
    assert {folder for folder in folders if f"COPY {folder} {folder}" not in DOCKERFILE} == set()


def test_the_images_use_the_interpreters_of_the_project() -> None:
    versions = (ROOT / ".python-version").read_text(encoding="utf-8").split()
    bases = set(re.findall(r"^FROM (python:\S+)", DOCKERFILE, re.M))
    assert bases == {f"python:{version}-slim" for version in versions}


def test_docker_compose_accepts_the_file() -> None:
    program = shutil.which("docker-compose")
    if program is None:
        pytest.skip("docker-compose is not installed here (Debian: apt-get install docker-compose)")
    checked = subprocess.run(
        [program, "-f", ROOT / "docker-compose.yml", "config", "--quiet"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
