"""Configuration files and docs agree with the code."""

import importlib.util
import inspect
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
import yaml
from click import Group

from comments.pseudonyms import digest
from comments.settings import PREFIX, Settings
from comments.storage.keys import Keys
from replygate.__main__ import cli
from replygate.commands import openapi_command
from tests.conftest import LONGEST, TESTS
from workers.filters import BUILT_IN, Override
from workers.judging.policy import catalogue
from workers.start import PROCESS_NAMES

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / ".env.example").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
PARTS = {name: service for name, service in COMPOSE["services"].items() if name != "valkey"}


def example() -> dict[str, str]:
    """Return each variable of `.env.example` with its value."""
    return dict(re.findall(r"^#?([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))


def test_the_example_has_exactly_the_settings() -> None:
    assert list(example()) == [PREFIX + field.name.upper() for field in fields(Settings)]


def test_the_example_shows_each_default() -> None:
    secret = {"REPLYGATE_SECRET_KEY": "x" * 32}
    assert Settings.from_env(example() | secret) == Settings.from_env(secret)


def test_every_setting_of_the_example_is_explained() -> None:
    paragraphs = [block.splitlines() for block in EXAMPLE.strip().split("\n\n")]
    explained = [lines for lines in paragraphs if lines[0].startswith("# ") and lines[0][2].isupper()]
    assert explained == paragraphs


def test_only_the_secret_must_be_filled_in() -> None:
    assert re.findall(r"^([A-Z_]+)=", EXAMPLE, re.MULTILINE) == ["REPLYGATE_SECRET_KEY"]


@pytest.mark.parametrize("name", PARTS)
def test_compose_runs_commands_that_exist(name: str) -> None:
    command = PARTS[name]["command"]
    assert command[:2] == ["python", "-m"]
    assert importlib.util.find_spec(command[2])
    if "healthcheck" in PARTS[name]:
        check = PARTS[name]["healthcheck"]["test"]
        assert check == ["CMD", "python", "-m", "comments.part_check", command[3]]


def test_compose_runs_every_part() -> None:
    assert isinstance(cli, Group)
    assert {"web", "work", "sweep"} <= set(cli.commands)
    assert [service["command"][2:] for service in PARTS.values()] == [
        ["replygate.web_server"],
        *(["workers.start", part] for part in ("judge", "background", "delivery", "sweep")),
    ]
    assert {"judge", "background", "delivery", "sweep"} == set(PROCESS_NAMES)


def test_compose_starts_each_part_after_a_healthy_store() -> None:
    for service in PARTS.values():
        assert service["depends_on"]["valkey"]["condition"] == "service_healthy"
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text()
    assert [name for name, service in COMPOSE["services"].items() if "healthcheck" not in service] == ["web"]


def test_valkey_in_compose_loses_no_acknowledged_write() -> None:
    command = shlex.join(COMPOSE["services"]["valkey"]["command"])
    assert "--appendonly yes --appendfsync always --maxmemory-policy noeviction" in command
    assert "--maxmemory '${VALKEY_MEMORY:-1gb}'" in command, "new comments are refused before the machine is full"
    assert COMPOSE["services"]["valkey"]["volumes"]


def test_compose_only_uses_settings_that_exist() -> None:
    used = {name for service in PARTS.values() for name in service["environment"]}
    assert used <= set(example())


def test_only_the_web_port_is_published_on_loopback() -> None:
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["web"]
    assert COMPOSE["services"]["web"]["ports"][0].startswith("127.0.0.1:")


def test_the_changelog_has_this_version() -> None:
    assert f"## [{PROJECT['project']['version']}]" in (ROOT / "CHANGELOG.md").read_text()


def test_the_image_has_this_version() -> None:
    assert {service["image"] for service in PARTS.values()} == {f"replygate:{PROJECT['project']['version']}"}


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt", "requirements-uv.txt"])
def test_every_locked_package_has_a_hash_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    entries = re.split(r"\n(?=\S)", text.strip())
    assert "://" not in text
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert all(re.match(r"[a-z0-9-]+==\S+", entry) for entry in entries)


def test_the_development_lock_changes_no_version_of_the_other() -> None:
    runtime, development = (
        set(re.findall(r"^\S+==\S+", (ROOT / lock).read_text(), re.MULTILINE))
        for lock in ("requirements.txt", "requirements-dev.txt")
    )
    assert runtime <= development


def test_every_direct_dependency_is_locked() -> None:
    groups = PROJECT["dependency-groups"]
    wanted = {re.split(r"[\[<>=;~! ]", line)[0] for line in (*PROJECT["project"]["dependencies"], *groups["build"])}
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    assert wanted <= locked


def test_the_test_files_that_start_first_exist() -> None:
    assert [name for name in LONGEST if not (TESTS / name).is_file()] == []


def test_the_readme_names_the_test_command() -> None:
    assert re.search(r"^make test\b", (ROOT / "README.md").read_text(), re.MULTILINE)


PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_the_docs_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def row(name: str) -> str:
    """Return the row of a key in docs/storage.md: its pattern, then the parts of its docstring."""
    method = getattr(Keys("rg"), name)
    parameters = {p: "site" if p == "site" else f"<{p}>" for p in inspect.signature(method).parameters}
    form = str(method(**parameters))
    for shown in parameters.values():
        form = form.replace(digest(shown), shown)
    columns = " | ".join(part.strip().rstrip(".") for part in str(method.__doc__).split(";"))
    return f"| `{form}` | {columns} |"


@pytest.mark.parametrize("name", [key for key in dir(Keys) if not key.startswith("_") and key != "prefix"])
def test_the_docs_list_every_key(name: str) -> None:
    assert row(name) in (ROOT / "docs/storage.md").read_text().splitlines()


def test_the_docs_list_every_script() -> None:
    folder = ROOT / "comments/storage/lua"
    scripts = {str(path.relative_to(folder).with_suffix("")) for path in folder.rglob("*.lua")}
    listed = re.findall(r"^\| `([a-z]+/[a-z_]+)` \|", (ROOT / "docs/storage.md").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(script for script in scripts if not script.startswith("lib/"))


def test_the_docs_list_every_signal_with_its_weight_and_meaning() -> None:
    table = (ROOT / "docs/signals.md").read_text()
    listed = re.findall(r"^\| `([a-z.-]+)` \| (\S+) \| (.*) \|$", table, re.MULTILINE)
    declared = catalogue(BUILT_IN)
    assert sorted(listed) == sorted(
        (name, i.weight.value if isinstance(i.weight, Override) else f"{i.weight:g}", i.meaning)
        for name, i in declared.items()
    )


def test_the_docs_mention_every_path_of_the_api() -> None:
    text = (ROOT / "docs/api.md").read_text()
    assert [path for path in json.loads(openapi_command.openapi_json())["paths"] if path not in text] == []


@pytest.mark.parametrize(
    "words", [("workers.start", "judge"), ("replygate.web_server",), ("comments.part_check", "judge")]
)
def test_a_part_with_wrong_settings_says_so_without_a_traceback(words: tuple[str, ...]) -> None:
    env = {"PATH": os.environ["PATH"], "REPLYGATE_SECRET_KEY": "short"}
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: REPLYGATE_SECRET_KEY must have at least 32 random characters")
    assert "Traceback" not in done.stderr
