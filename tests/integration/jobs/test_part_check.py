"""The health check of a container: it looks at the processes of this container alone."""

from dataclasses import replace

from comments.part_check import state_on_this_host
from comments.part_process import process_name
from comments.settings import Settings
from comments.storage.redis import open_redis


def test_a_process_on_this_host_passes_the_check(valkey_settings: Settings) -> None:
    open_redis(valkey_settings).heartbeats.beat("judge", process_name(), 60)
    assert state_on_this_host(valkey_settings, "judge") == "judge: 1 running"


def test_a_process_on_another_host_does_not_pass_for_this_one(valkey_settings: Settings) -> None:
    open_redis(valkey_settings).heartbeats.beat("judge", "other.12345678", 60)
    assert state_on_this_host(valkey_settings, "judge") == ""


def test_the_check_passes_while_storage_does_not_answer(valkey_settings: Settings) -> None:
    away = replace(valkey_settings, redis_url="redis://127.0.0.1:1/0")
    assert state_on_this_host(away, "judge").startswith("judge: unknown, ")
