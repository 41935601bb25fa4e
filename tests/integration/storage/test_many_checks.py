"""The work of one check does not grow with the number of stored ones."""

from comments.settings import Settings
from comments.storage.checks import CheckAdmission, CheckRequest, new_check_id
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from tests.support.builders import NOW, a_comment

CHECKS = "rg:{blog}:checks"


def ask(storage: Storage, max_kept: int) -> str:
    request = CheckRequest(None, "key", NOW, (a_comment(),))
    return storage.checks.ask("blog", new_check_id(), request, CheckAdmission(1_000, max_kept=max_kept)).id


def test_a_check_removes_a_bounded_number_of_expired_ones(storage: Storage, valkey_settings: Settings) -> None:
    client = connect(valkey_settings)
    client.zadd(CHECKS, {f"chk_{n}": n for n in range(2_500)})
    left = []
    for _ in range(3):
        ask(storage, 10_000)
        left.append(client.zcard(CHECKS))
    assert left == [1_501, 502, 3]
    assert storage.checks.kept("blog") == 3


def test_expired_checks_take_no_room_of_others(storage: Storage, valkey_settings: Settings) -> None:
    client = connect(valkey_settings)
    client.zadd(CHECKS, {f"chk_{n}": n for n in range(2_500)})
    ids = [ask(storage, 3) for _ in range(3)]
    assert all(storage.checks.answer("blog", id) for id in ids)


def test_a_full_site_drops_one_check_for_a_new_one(storage: Storage, valkey_settings: Settings) -> None:
    client = connect(valkey_settings)
    for _ in range(5):
        client.zrem("rg:{blog}:checks:due", ask(storage, 5))  # as if it were answered
    client.config_resetstat()
    ask(storage, 5)
    calls = {name: client.info("commandstats")[f"cmdstat_{name}"]["calls"] for name in ("zrange", "zscore", "unlink")}
    assert calls == {"zrange": 1, "zscore": 1, "unlink": 1}
    assert storage.checks.kept("blog") == 5
