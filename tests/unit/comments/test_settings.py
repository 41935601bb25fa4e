"""The environment is parsed strictly: a mistyped setting stops the start instead of being ignored."""

from pathlib import Path

import pytest

from comments.errors import SettingsInvalid
from comments.settings import Settings

KEY = {"REPLYGATE_SECRET_KEY": "x" * 32}


def test_a_secret_is_all_that_is_needed() -> None:
    assert Settings.from_env(KEY).port == 8000


def test_values_are_read_by_type() -> None:
    env = {
        **KEY,
        "REPLYGATE_PORT": "9000",
        "REPLYGATE_DEMO": "true",
        "REPLYGATE_LEASE": "2.5",
        "REPLYGATE_POLICY": "/a/b",
    }
    settings = Settings.from_env(env)
    assert (settings.port, settings.demo, settings.lease, settings.policy) == (9000, True, 2.5, Path("/a/b"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"REPLYGATE_PORT": "eighty"},
        {"REPLYGATE_DEMO": "yes"},
        {"REPLYGATE_PROT": "80"},
        {"REPLYGATE_POLICY_FILE": "/no"},
    ],
)
def test_malformed_and_unknown_settings_are_named(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsInvalid, match=next(iter(wrong))):
        Settings.from_env({**KEY, **wrong})


def test_every_problem_is_listed_at_once() -> None:
    with pytest.raises(SettingsInvalid) as refusal:
        Settings.from_env({"REPLYGATE_PORT": "x", "REPLYGATE_NONSENSE": "1"})
    assert all(name in str(refusal.value) for name in ("PORT", "NONSENSE", "SECRET_KEY"))


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("y" * 40 + "\n")
    assert Settings.from_env({"REPLYGATE_SECRET_KEY_FILE": str(tmp_path / "key")}).secret_key == "y" * 40


def test_other_variables_are_ignored() -> None:
    Settings.from_env({**KEY, "PATH": "/bin", "REPLY": "no"})


def test_secrets_are_not_shown() -> None:
    shown = repr(
        Settings.from_env({**KEY, "REPLYGATE_OPS_TOKEN": "tell-nobody", "REPLYGATE_REDIS_URL": "redis://:pass@h"})
    )
    assert not any(secret in shown for secret in (KEY["REPLYGATE_SECRET_KEY"], "tell-nobody", "pass"))


def test_cookies_are_secure_if_pages_use_https() -> None:
    assert Settings.from_env({**KEY, "REPLYGATE_PUBLIC_URL": "https://comments.example"}).secure
    assert not Settings.from_env(KEY).secure
