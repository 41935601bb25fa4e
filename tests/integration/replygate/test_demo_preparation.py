"""The process that prepares the data of `replygate up`, and what it says when it cannot."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from comments.errors import ReplygateError, SettingsInvalid
from comments.job_queue import DEFAULT_PREFIX
from comments.settings import PREFIX
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys
from comments.storage.redis import connect
from replygate.demo_preparation import DEMO_ACCOUNT, prepare_demo
from tests.support.builders import SECRET, settings

ROOT = Path(__file__).parents[3]
ORIGIN = "http://127.0.0.1:8931"


def environment(url: str) -> dict[str, str]:
    own = {"REDIS_URL": url, "SECRET_KEY": SECRET, "PUBLIC_URL": ORIGIN, "DEMO": "true"}
    return {**os.environ, **{PREFIX + name: value for name, value in own.items()}}


def test_the_first_start_creates_the_demo_site_and_its_owner(valkey_url: str, redis_storage: Storage) -> None:
    prepared = prepare_demo(environment(valkey_url))
    assert prepared.sign_in_link.startswith(f"{ORIGIN}/link/")
    assert not prepared.has_comments
    assert ORIGIN in redis_storage.sites.get("demo").origins
    assert redis_storage.people.get(DEMO_ACCOUNT).operator


def test_no_link_is_made_once_the_owner_has_a_password(valkey_url: str, redis_storage: Storage) -> None:
    prepare_demo(environment(valkey_url))
    redis_storage.people.put(replace(redis_storage.people.get(DEMO_ACCOUNT), password="a hash"))
    assert prepare_demo(environment(valkey_url)).sign_in_link == ""


def test_a_server_that_does_not_answer_is_named_without_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(ReplygateError, match=r"\AValkey does not answer: [^\n]*\Z") as raised:
        prepare_demo(environment(f"unix://{tmp_path}/none.sock"))
    assert not isinstance(raised.value, SettingsInvalid)


def test_data_of_a_newer_version_is_a_problem_of_the_set_up(valkey_url: str) -> None:
    prepare_demo(environment(valkey_url))
    connect(settings(redis_url=valkey_url)).incr(Keys(DEFAULT_PREFIX).version())
    with pytest.raises(SettingsInvalid, match=r"\Athe data has version \d+, this program supports \d+: upgrade the "):
        prepare_demo(environment(valkey_url))


def test_up_imports_neither_the_service_nor_storage_nor_a_redis_client() -> None:
    large = ("flask", "granian", "redis", "valkey", "rq", "service", "workers", "comments.storage")
    code = f"import sys, replygate.up; print(*(name for name in {large} if name in sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True).strip() == ""
