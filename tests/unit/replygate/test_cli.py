"""The command line: results, output and exit status of the commands."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from comments.job_queue import FORMER_QUEUES
from comments.rq_stats import NoRQStats
from comments.site import Site
from comments.smtp_settings import SMTPSettings
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from replygate.__main__ import cli
from replygate.commands.status_command import watch
from replygate.data_directory import ADDRESS_FILE, KEY_FILE, locked
from replygate.deployment import load_settings as find
from replygate.embedded_valkey import start, url
from replygate.up import welcome
from service.ops.health import SystemHealth, read_health
from tests.support.builders import NOW, SECRET, published, settings

Run = Callable[..., Result]


def alone(*words: str, env: dict[str, str] | None = None) -> Result:
    """Run one command with the given environment."""
    return CliRunner().invoke(cli, words, env=env, catch_exceptions=False)


# Up


@pytest.mark.parametrize(("folder", "said"), [("mail", "var/mail"), ("/elsewhere", "/elsewhere")])
def test_paths_in_the_data_directory_are_shown_relative_to_it(storage: Storage, folder: str, said: str):
    directory = Path("var")
    relay = SMTPSettings(folder=directory.resolve() / folder)
    lines = welcome(storage, settings(smtp_url=relay), directory).splitlines()
    assert [line.split()[1] for line in lines if line.split()[0] in ("Mail", "Logs")] == [said, "var/replygate.log"]


# Status


def alive(storage: Storage) -> None:
    storage.heartbeats.beat("judge", "j-1", 60)
    storage.heartbeats.beat("sweep", "s-1", 60)


def test_status_says_that_all_is_well(run: Run, storage: Storage, blog: Site):
    alive(storage)
    published(storage)
    result = run("status", "--seconds", "0")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("All is well.")
    assert ["judge", "2", "7", "0", "0"] in [line.split() for line in result.stdout.splitlines()]


def test_status_ends_with_1_without_a_judge(run: Run, blog: Site):
    result = run("status", "--seconds", "0")
    assert result.exit_code == 1
    assert "No judge is running" in result.stdout


def test_status_measures_rates(run: Run, storage: Storage, blog: Site):
    alive(storage)
    assert "per second" in run("status", "--seconds", "0.01").stdout


def test_watch_prints_the_state_again_until_ctrl_c(storage: Storage, blog: Site, capsys: pytest.CaptureFixture[str]):
    alive(storage)
    looks = iter([NOW, NOW + timedelta(seconds=1), NOW + timedelta(seconds=2)])

    def look() -> SystemHealth:
        at = next(looks, None)
        if at is None:
            raise KeyboardInterrupt
        return read_health(storage, NoRQStats(), at)

    watch(look, 0)
    printed = capsys.readouterr().out
    assert printed.count("All is well.") == printed.count(" per second") // 2 == 2
    assert "\x1b" not in printed, "nothing is cleared without a terminal"


def test_status_can_check_one_part(run: Run, storage: Storage, blog: Site):
    storage.heartbeats.beat("sweep", "s-1", 60)
    assert run("status", "--part", "sweep").stdout == "sweep: 1 running\n"
    missing = run("status", "--part", "judge")
    assert (missing.exit_code, missing.stderr) == (1, "Error: no judge process is running\n")


# The API


def test_the_openapi_document_is_printed_without_a_running_service():
    document = json.loads(alone("openapi").stdout)
    assert document["openapi"].startswith("3.1")
    assert {"/healthz", "/readyz", "/metrics", "/ops/figures"} <= document["paths"].keys()


# The environment


def test_a_missing_setting_is_named(tmp_path: Path):
    result = alone("--data", str(tmp_path), "site", "list")
    assert result.exit_code == 2
    assert "REPLYGATE_SECRET_KEY" in result.stderr
    assert "Traceback" not in result.output


def test_every_wrong_setting_is_named():
    env = {"REPLYGATE_SECRET_KEY": SECRET, "REPLYGATE_PORT": "many", "REPLYGATE_COLOUR": "red"}
    result = alone("site", "list", env=env)
    assert result.exit_code == 2
    assert "REPLYGATE_PORT" in result.stderr
    assert "REPLYGATE_COLOUR" in result.stderr


@pytest.mark.parametrize("url", ["nonsense", "redis://127.0.0.1:port/0", "http://127.0.0.1"])
def test_an_invalid_redis_url_is_named(url: str):
    result = alone("site", "list", env={"REPLYGATE_SECRET_KEY": SECRET, "REPLYGATE_REDIS_URL": url})
    assert result.exit_code == 2
    assert "REPLYGATE_REDIS_URL" in result.stderr


def test_an_unavailable_server_is_reported_in_one_sentence(tmp_path: Path):
    env = {"REPLYGATE_SECRET_KEY": SECRET, "REPLYGATE_REDIS_URL": f"unix://{tmp_path}/none.sock"}
    result = alone("site", "list", env=env)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: Valkey does not answer: ")
    assert "Traceback" not in result.output


def test_a_directory_where_nothing_runs_is_named_with_the_next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    never = alone("--data", str(tmp_path / "var"), "site", "list")
    assert never.exit_code == 2
    assert f"`replygate up` never ran in {tmp_path / 'var'}" in never.stderr
    (tmp_path / "var").mkdir()
    with locked(tmp_path / "var"):
        pass
    stopped = alone("--data", str(tmp_path / "var"), "site", "list", env={"REPLYGATE_SECRET_KEY": SECRET})
    assert stopped.exit_code == 1
    assert stopped.stderr.startswith("Error: Valkey does not answer: ")
    assert stopped.stderr.endswith("Start it: `replygate up`.\n")


def test_a_server_without_memory_refuses(valkey_url: str):
    env = {"REPLYGATE_SECRET_KEY": SECRET, "REPLYGATE_REDIS_URL": valkey_url}
    assert alone("site", "list", env=env).exit_code == 0
    client = connect(settings(redis_url=valkey_url))
    client.config_set("maxmemory", 1)
    try:
        result = alone("site", "add", "blog", env=env)
        status = alone("status", "--seconds", "0", env=env)
    finally:
        client.config_set("maxmemory", 0)
    assert result.stderr.startswith("Error: Valkey refuses: command not allowed when used memory")
    assert "more than 70% of maxmemory is used" in status.stdout


def test_commands_use_the_server_in_the_environment(valkey_url: str):
    env = {"REPLYGATE_SECRET_KEY": SECRET, "REPLYGATE_REDIS_URL": valkey_url}
    assert alone("site", "add", "blog", env=env).exit_code == 0
    assert "blog" in alone("site", "list", env=env).stdout


def test_commands_use_the_server_in_the_data_directory(tmp_path: Path):
    (tmp_path / KEY_FILE).write_text(SECRET)
    (tmp_path / ADDRESS_FILE).write_text("http://127.0.0.1:9999")
    server = start(tmp_path, fsync="everysec")
    here = ("--data", str(tmp_path))
    assert alone(*here, "site", "add", "blog").exit_code == 0
    assert alone(*here, "moderator", "add", "Mo", "--site", "blog").stdout.startswith("http://127.0.0.1:9999/link/")
    server.stop()


def test_the_environment_overrides_the_data_directory(tmp_path: Path):
    (tmp_path / "valkey.lock").touch()
    (tmp_path / KEY_FILE).write_text("0" * 64)
    told = {"REPLYGATE_SECRET_KEY": SECRET, "REPLYGATE_PUBLIC_URL": "https://replies.example"}
    found = find(tmp_path, told)
    assert (found.secret_key, found.public_url) == (SECRET, "https://replies.example")
    assert found.redis_url == url(tmp_path)
    assert find(tmp_path, {**told, "REPLYGATE_REDIS_URL": "redis://other"}).redis_url == "redis://other"
    assert find(tmp_path, {**told, "REPLYGATE_QUEUE_REDIS_URL": "redis://other"}).queue_redis_url == ""


@pytest.mark.parametrize("words", [(), ("site",), ("moderator",), ("status",), ("export",)])
def test_help_needs_no_settings(words: tuple[str, ...]):
    result = alone(*words, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.stdout


@pytest.mark.parametrize(("former", "now"), FORMER_QUEUES.items())
def test_former_names_of_processes_still_work(run: Run, storage: Storage, former: str, now: str) -> None:
    storage.heartbeats.beat(now, "one", 60.0)
    assert run("status", "--part", former).stdout == f"{now}: 1 running\n"
    assert run("work", former, "--help").exit_code == 0
