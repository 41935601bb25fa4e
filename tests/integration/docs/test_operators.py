"""The operators' page of the docs: its unit file is valid, and its backup can be restored."""

import configparser
import json
import os
import re
import shlex
import shutil
import socket
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

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/operators.md").read_text()
#: A clean environment, because a REPLYGATE_ variable would change the result.
PLAIN = {"PATH": os.defpath, "PYTHONPATH": str(ROOT)}
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
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "replygate", "--data", str(data), "up", "--port", str(port)]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=PLAIN) as up:
        assert up.stdout
        assert up.stdout.readline().startswith("Replygate is up")
        yield f"http://127.0.0.1:{port}/v1/sites/demo"
        up.terminate()


def replygate(data: Path, *words: str) -> str:
    command = [sys.executable, "-m", "replygate", "--data", str(data), *words]
    return subprocess.run(command, cwd=ROOT, env=PLAIN, check=True, capture_output=True, text=True, timeout=60).stdout


def test_a_backup_can_be_restored(tmp_path: Path, shell: Path) -> None:
    before, after, backups = tmp_path / "before", tmp_path / "after", tmp_path / "backups"
    with running(before) as site:
        body = {"thread": "hello", "author": "Ada", "email": "ada@example.com", "content": "Keep this."}
        request = urllib.request.Request(f"{site}/comments", json.dumps(body).encode())
        request.add_header("Content-Type", "application/json")
        urllib.request.urlopen(request, timeout=10).close()
    run(
        block("sh", "tar -C /var/lib/replygate -czf"),
        shell,
        {"/var/lib/replygate": before, "/var/backups/replygate": backups},
    )
    (archive,) = backups.iterdir()
    after.mkdir(mode=0o700)
    run(
        block("sh", "tar -C /var/lib/replygate -xzf"),
        shell,
        {"/var/lib/replygate": after, "replygate-backup.tar.gz": archive},
    )
    with running(after):
        assert "Keep this." in replygate(after, "export", "--site", "demo")
