"""The operators' page of the docs: its unit file is valid, and its backup can be restored."""

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from comments.settings import Settings
from replygate.__main__ import cli
from service.web.upload_limits import LARGEST_REQUEST
from tests.support.ports import free_port

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/operators.md").read_text()
#: A clean environment, because a REPLYGATE_ variable would change the result.
PLAIN = {"PATH": os.defpath, "PYTHONPATH": str(ROOT)}
#: Stand-ins for commands that need root: the user of the service is the one who runs the tests.
SUDO = 'if [ "$1" = -u ]; then shift 2; fi; exec "$@"'
INSTALL = (
    'for word; do case $word in --owner=*) ;; *) set -- "$@" "$word" ;; esac; shift; done; exec /usr/bin/install "$@"'
)
COMMAND = "/opt/replygate/.venv/bin/replygate"


def block(language: str, contains: str) -> str:
    """Return the first code block of this language that contains a text."""
    found = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    return next(text for text in found if contains in text)


def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(block("ini", "[Service]"))
    return parser


def test_the_unit_starts_a_command_that_exists() -> None:
    words = shlex.split(unit()["Service"]["ExecStart"])
    assert words[0] == COMMAND
    assert CliRunner().invoke(cli, [*words[1:], "--help"]).exit_code == 0


def test_the_unit_uses_the_environment_file_of_the_page() -> None:
    path = unit()["Service"]["EnvironmentFile"]
    text = PAGE.partition(f"`{path}`")[2].partition("```sh\n")[2].partition("```")[0]
    values = dict(line.split("=", 1) for line in text.split())
    settings = Settings.from_env({**values, "REPLYGATE_SECRET_KEY": "x" * 32})
    assert (settings.trusted_proxies, settings.demo) == (1, False)
    assert settings.public_url.startswith("https://")


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    assert shutil.which("systemd-analyze"), "the check of the unit needs systemd-analyze on the PATH"
    text = block("ini", "[Service]").replace(COMMAND, sys.executable).replace("User=replygate\n", "")
    path = tmp_path / "replygate.service"
    path.write_text(text)
    words = ["systemd-analyze", "verify", str(path)]
    answer = subprocess.run(words, capture_output=True, text=True, timeout=60)
    problems = [line for line in answer.stderr.splitlines() if "replygate.service" in line]
    assert problems == []


@pytest.mark.parametrize("language", ["caddyfile", "nginx"])
def test_the_proxies_lead_to_the_service(language: str) -> None:
    text = block(language, "replies.example.com")
    settings = Settings(secret_key="x" * 32)
    assert f"{settings.host}:{settings.port}" in text
    assert text.count("{") == text.count("}")
    (limit,) = re.findall(r"(?:max_size|client_max_body_size) (\d+)m", text, re.IGNORECASE)
    assert int(limit) * 1_000_000 >= LARGEST_REQUEST


@pytest.fixture
def shell(tmp_path: Path) -> Path:
    """Create commands that replace those that need root, and return their directory."""
    commands = tmp_path / "bin"
    commands.mkdir()
    for name, script in {"sudo": 'exec "$@"', "systemctl": "exit 0", "chown": "exit 0"}.items():
        (commands / name).write_text(f"#!/bin/sh\n{script}\n")
        (commands / name).chmod(0o755)
    return commands


def run(script: str, commands: Path, paths: dict[str, Path]) -> None:
    for shown, real in paths.items():
        script = script.replace(shown, str(real))
    path = f"{commands}:{os.environ['PATH']}"
    answer = subprocess.run(["sh", "-eu", "-c", script], env={"PATH": path}, capture_output=True, text=True, timeout=60)
    assert answer.returncode == 0, answer.stderr


@contextmanager
def running(data: Path) -> Iterator[str]:
    port = free_port()
    words = [sys.executable, "-m", "replygate", "--data", str(data), "up", "--port", str(port)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=PLAIN) as up:
        assert up.stdout
        assert up.stdout.readline().startswith("Replygate is up")
        yield f"http://127.0.0.1:{port}/v1/sites/demo"
        up.terminate()


def replygate(data: Path, *words: str) -> str:
    command = [sys.executable, "-m", "replygate", "--data", str(data), *words]
    return subprocess.run(command, cwd=ROOT, env=PLAIN, check=True, capture_output=True, text=True, timeout=60).stdout


def submit(site: str) -> None:
    body = {"thread": "hello", "author": "Ada", "email": "ada@example.com", "content": "Keep this."}
    request = urllib.request.Request(f"{site}/comments", json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    urllib.request.urlopen(request, timeout=10).close()


def installed(shell: Path, data: Path, backup: Path) -> dict[str, Path]:
    """Install the command at the path of the page, and return what replaces the paths of the page."""
    (shell / "replygate").write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m replygate "$@"\n')
    (shell / "replygate").chmod(0o755)
    return {COMMAND: shell / "replygate", "/var/lib/replygate": data, "replygate.backup": backup}


def test_a_backup_that_the_timer_made_is_restored_with_the_commands_of_the_page(tmp_path: Path, shell: Path) -> None:
    data = tmp_path / "data"
    paths = installed(shell, data, tmp_path / "replygate.backup")
    with running(data) as site:
        submit(site)
        unit_file = configparser.ConfigParser(strict=False)
        unit_file.optionxform = str  # type: ignore[assignment,method-assign]
        unit_file.read_string((ROOT / "deploy/systemd/replygate-backup.service").read_text())
        service = unit_file["Service"]
        run(f"{service['Environment']}\n{service['ExecStart']}", shell, paths)
    (backup,) = (data / "backups").iterdir()
    backup.rename(tmp_path / "replygate.backup")
    for name, script in {"sudo": SUDO, "install": INSTALL}.items():
        (shell / name).write_text(f"#!/bin/sh\n{script}\n")
        (shell / name).chmod(0o755)
    run(block("sh", "sudo mv /var/lib/replygate"), shell, paths)
    with running(data):
        assert "Keep this." in replygate(data, "export", "--site", "demo")


def test_a_backup_goes_through_a_pipe_with_compose(tmp_path: Path, shell: Path) -> None:
    """The commands of the containers run on this machine instead, with the data of the service."""
    data, backup = tmp_path / "data", tmp_path / "replygate.backup"
    command = installed(shell, data, backup)[COMMAND]
    docker = f'while [ "$1" != replygate ]; do shift || exit 0; done; shift; exec {command} --data {data} "$@"'
    (shell / "docker").write_text(f"#!/bin/sh\n[ $# -lt 6 ] && exit 0\n{docker}\n")
    (shell / "docker").chmod(0o755)
    with running(data) as site:
        submit(site)
        run(block("sh", "backup - >"), shell, {"replygate.backup": backup})
    assert backup.stat().st_mode & 0o777 == 0o600
    (tmp_path / "new").mkdir()
    (data / "secret").rename(tmp_path / "new/secret")
    data.rename(tmp_path / "old")
    (tmp_path / "new").rename(data)
    run(block("sh", "restore - <"), shell, {"replygate.backup": backup})
    with running(data):
        assert "Keep this." in replygate(data, "export", "--site", "demo")
