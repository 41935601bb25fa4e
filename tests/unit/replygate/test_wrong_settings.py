"""Every setting of the deployment refuses wrong values: one line names it and what is allowed, without a traceback."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from comments.allowed_values import ALLOWED_VALUES, HOSTS, HTTP_URLS
from comments.errors import SettingsInvalid
from comments.settings import PREFIX, Settings
from comments.shared_learning import LearningGroups
from comments.smtp_settings import SMTPSettings
from comments.storage.redis import connect, connect_queue
from replygate.__main__ import cli
from replygate.web_server import serve
from tests.support.builders import SECRET, settings
from workers.deps import policy_of
from workers.filters import BUILT_IN
from workers.scoring.scorers import open_scorer

NOT_NUMBERS = ("", "x", "1,5", "1e", "٣٤x", "1 000", "0x10", "--1")
OUT_OF_RANGE = ("-1", "-99999999999999999999", "99999999999999999999")
BY_TYPE: Mapping[Any, tuple[str, ...]] = {
    int: (*NOT_NUMBERS, *OUT_OF_RANGE, "1.5", "1e3", "nan"),
    float: (*NOT_NUMBERS, *OUT_OF_RANGE, "nan", "inf", "-inf", "1e999"),
    bool: ("", "yes", "1", "True", "on"),
    SMTPSettings | None: ("x", "smtp://", "http://h", "smtp://h:port", "smtp://u:p@h", "smtp://h/path", "file://x"),
    LearningGroups: ("blog", "a,b;a,c", "A,B", "a,,b"),
}
NOT_ADDRESSES = (
    "",
    "x",
    "ftp://h",
    "https://",
    "https://h:p",
    "https://u:p@h",
    "https://h?a=1",
    "https://h#a",
    "//h",
)
BY_NAME: Mapping[str, tuple[str, ...]] = {
    "secret_key": ("", "x" * 31),
    "prefix": ("", "a{b", "a b", "a/b", "x" * 65, "é"),
    "public_url": NOT_ADDRESSES,
    "telegram_api": NOT_ADDRESSES,
    "log_level": ("", "info", "LOUD", "10"),
    "log_format": ("", "xml", "JSON"),
    "webhook_http_allow": ("http://host", "a b", "host:port", "a,host/path", "user@host"),
    "scorer_http_allow": ("http://host", "a b", "host:port", "a,host/path", "user@host"),
}
#: Any text is a value of these. Wrong tokens fail where they are used.
FREE = {"ops_token", "slack_signing_secret", "telegram_bot_token", "scorer_token"}
#: Checked together with another setting, or when the process connects, listens, or opens a file.
ELSEWHERE = {"redis_url", "queue_redis_url", "mail_from", "scorer", "host", "policy", "metrics_dir"}


def wrong_values() -> Iterator[tuple[str, str]]:
    for field in fields(Settings):
        for value in BY_NAME.get(field.name, BY_TYPE.get(field.type, ())):
            yield PREFIX + field.name.upper(), value


def run(env: Mapping[str, str], *words: str) -> Result:
    return CliRunner().invoke(cli, words or ("status",), env={f"{PREFIX}SECRET_KEY": SECRET, **env})


def assert_names(result: Result, name: str) -> str:
    """Check that the command failed with one line about the setting. Return the line."""
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"Error: {name}")
    return line


@pytest.mark.parametrize(("name", "value"), list(wrong_values()))
def test_a_wrong_value_is_refused_in_one_line_that_names_the_setting_and_what_is_allowed(name: str, value: str) -> None:
    line = assert_names(run({name: value}), name)
    assert re.search(r"must|has an|requires|can be", line)
    assert not re.search(r"literal|codec|Errno|could not|invalid for|base 10|NoneType", line)
    assert len(value) < 10 or value not in line  # it may be a secret


def test_every_setting_has_wrong_values_or_a_reason_to_have_none() -> None:
    tried = {name for name, _ in wrong_values()}
    assert {PREFIX + field.name.upper() for field in fields(Settings) if field.name not in FREE | ELSEWHERE} == tried


def test_every_number_names_its_least_and_greatest_value() -> None:
    for field in fields(Settings):
        if field.type in (int, float):
            assert re.search(r"number from [\d.]+ to \d+", field.metadata[ALLOWED_VALUES].sentence), field.name


def test_every_default_is_allowed() -> None:
    for field in fields(Settings):
        if ALLOWED_VALUES in field.metadata:
            assert field.metadata[ALLOWED_VALUES].accepts(field.default), field.name


@pytest.mark.parametrize(
    "text", ["https://a.example", "http://127.0.0.1:8000", "https://a.example/b/c/", "http://[::1]:80"]
)
def test_web_addresses_are_allowed(text: str) -> None:
    assert HTTP_URLS.accepts(text)


@pytest.mark.parametrize("text", ["", "a.example", "a.example:80, 127.0.0.1:9000,[::1]:80,[::1]", " a ,"])
def test_lists_of_hosts_are_allowed(text: str) -> None:
    assert HOSTS.accepts(text)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for path, reason in (
        (tmp_path / "none", "No such file"),
        (tmp_path, "Is a directory"),
        (tmp_path / "binary", "text"),
    ):
        assert reason in assert_names(run({"REPLYGATE_OPS_TOKEN_FILE": str(path)}), "REPLYGATE_OPS_TOKEN_FILE")


ADDRESSES = (
    *(
        "",
        "x",
        "http://h",
        "redis://h:port",
        "redis://h/x",
        "redis://h/0/1",
        "redis://h:99999",
        "redis://h#a",
        "redis://[::1",
    ),
    *("redis://h?foo", "redis://h?foo=1", "redis://h?decode_responses=true", "redis://h?encoding=utf-16"),
    *(
        "redis://h?socket_timeout=-1",
        "redis://h?socket_timeout=0",
        "redis://h?socket_timeout=x",
        "redis://h?socket_timeout=",
    ),
    *("redis://h?socket_timeout=nan", "redis://h?socket_timeout=1e9", "unix:///s?socket_connect_timeout=-1"),
    *(
        "redis://h?db=x",
        "redis://h?db=-1",
        "unix:///s?db=%D9%A3",
        "redis://h?max_connections=0",
        "redis://h?protocol=9",
    ),
    *("redis://h?socket_keepalive=maybe", "redis://h?health_check_interval=-1", "redis://h?health_check_interval=1.5"),
    *(
        "redis://h?retry_on_error=x",
        "redis://h?client_name=a%20b",
        "redis://h?ssl_cert_reqs=none",
        "redis://h?username=",
    ),
    *(
        "rediss://h?ssl_cert_reqs=maybe",
        "rediss://h?ssl_ca_certs=/proc/nowhere",
        "rediss://h?ssl_ca_path=/proc/nowhere",
    ),
    *("rediss://h?ssl_check_hostname=1", "rediss://h?ssl_min_version=x"),
    *(
        "redis+sentinel://h",
        "redis+sentinel://h/s/x",
        "redis+sentinel://h/s?socket_timeout=1",
        "redis+sentinel://h:x/s",
    ),
    *("redis+cluster://h/1", "redis+cluster://h?a=1", "redis+cluster://", "redis+cluster://h:x"),
)


@pytest.mark.parametrize("address", [address for address in ADDRESSES if address])
@pytest.mark.parametrize("name", ["REPLYGATE_REDIS_URL", "REPLYGATE_QUEUE_REDIS_URL"])
def test_a_wrong_address_of_a_server_is_refused(name: str, address: str) -> None:
    env = {"REPLYGATE_REDIS_URL": "redis://127.0.0.1:1/0", "REPLYGATE_QUEUE_REDIS_URL": "redis://127.0.0.1:1/0"}
    chosen = {variable.removeprefix(PREFIX).lower(): value for variable, value in {**env, name: address}.items()}
    with pytest.raises(SettingsInvalid, match=name):
        refuse(name, settings(**chosen))


def refuse(name: str, chosen: Settings) -> None:
    connect_queue(chosen) if "QUEUE" in name else connect(chosen)


def test_an_option_of_an_address_is_named_with_what_is_allowed() -> None:
    line = assert_names(run({"REPLYGATE_REDIS_URL": "redis://h?socket_timeout=-1"}), "REPLYGATE_REDIS_URL")
    assert "the option socket_timeout must be a number of seconds above 0" in line
    line = assert_names(run({"REPLYGATE_REDIS_URL": "redis://:secret@h?decode_responses=1"}), "REPLYGATE_REDIS_URL")
    assert "'decode_responses' is not an option. There are db, username, " in line
    assert "secret" not in line


@pytest.mark.parametrize(
    "address",
    [
        *("redis://h?socket_timeout=0.5&db=3&client_name=web", "unix:///s?db=0", "redis://u:p@h:1/2"),
        *("rediss://h?ssl_cert_reqs=none&ssl_check_hostname=false", "redis://h?username=u&password=p&protocol=3"),
    ],
)
def test_the_options_of_addresses_are_accepted(address: str) -> None:
    assert connect(settings(redis_url=address))


SCORERS = (
    "nope:x",
    "json:nope",
    "json",
    "a b:c",
    ":",
    "json:__name__",
    "http://127.0.0.1:1",
    "https://",
    "https://h:99999",
)


@pytest.mark.parametrize("scorer", SCORERS)
def test_a_scorer_that_cannot_be_used_is_refused(scorer: str) -> None:
    with pytest.raises(SettingsInvalid, match=r"^REPLYGATE_SCORER.{10,200}$"):
        open_scorer(settings(scorer=scorer))


def test_a_scorer_with_an_error_in_its_code_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_scorer.py").write_text("def score(:\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(SettingsInvalid, match="REPLYGATE_SCORER: 'broken_scorer:score' cannot be imported"):
        open_scorer(settings(scorer="broken_scorer:score"))


POLICIES = (b"x", b"\xff\xfe", b"[other]\na=1", b"weights = 3", b"thresholds = [1]", b"[weights]\nnothing = 1")


@pytest.mark.parametrize("content", [*POLICIES, b'[thresholds]\nhold_at = "x"', b"[thresholds]\nhold_at = nan"])
def test_a_policy_file_that_cannot_be_used_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_bytes(content)
    with pytest.raises(SettingsInvalid, match=r"^REPLYGATE_POLICY: .{10,}"):
        policy_of(settings(policy=tmp_path / "policy.toml"), BUILT_IN)


def test_a_directory_of_metrics_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(SettingsInvalid, match="REPLYGATE_METRICS_DIR"):
        serve(settings(metrics_dir=file / "metrics"))


def test_a_policy_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "none", "No such file or directory"), (tmp_path, "Is a directory")):
        with pytest.raises(SettingsInvalid, match=f"^REPLYGATE_POLICY: {path} cannot be read: {reason}$"):
            policy_of(settings(policy=path), BUILT_IN)


@pytest.mark.parametrize("sender", ["", "x", "a@", "é@a.example", "a@b.example\nBcc: c@d.example"])
def test_a_wrong_sender_of_mail_is_refused(sender: str) -> None:
    env = {"REPLYGATE_SMTP_URL": "smtp://localhost", "REPLYGATE_MAIL_FROM": sender}
    assert "must be the sender's email address" in assert_names(run(env), "REPLYGATE_MAIL_FROM")
