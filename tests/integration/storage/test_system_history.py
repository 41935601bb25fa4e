"""The history of the system: one sample a minute, in rings that do not grow."""

from datetime import UTC, datetime, timedelta

import pytest

from comments.lifecycle import Action
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys
from comments.storage.redis import connect, open_redis
from comments.storage.system_history import MINUTES, QUARTERS, RESOLUTIONS, SystemSample
from comments.system_samples import read_sample
from tests.support.builders import a_site, accepted, decided, published
from tests.support.recorded_jobs import RecordedJobs
from workers.deps import Deps
from workers.judging.policy import build_policy
from workers.sweep import Sweep

START = datetime(2026, 3, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
#: A day of minutes and two weeks of quarters, with every number as long as it gets.
MOST_BYTES = 1_000_000


def a_large_sample(at: datetime) -> SystemSample:
    return SystemSample(at, *(10**9,) * 7, waits=(10**9,) * 12, oldest_seconds=123456.789, memory_bytes=10**11)


def test_one_of_several_sweeps_gets_the_minute(storage: Storage, valkey_settings: Settings) -> None:
    claims = [of.system_history.claim_minute() for of in (storage, open_redis(valkey_settings), storage)]
    # A minute may begin between two calls, and then it is another minute.
    claimed = [minute for minute in claims if minute]
    assert len(claimed) == len(set(claimed)) in (1, 2)
    assert all((minute.second, minute.microsecond) == (0, 0) for minute in claimed)


def test_the_next_minute_can_be_claimed_also_after_the_clock_was_set_back(
    storage: Storage, valkey_settings: Settings
) -> None:
    storage.system_history.claim_minute()
    connect(valkey_settings).set(Keys("rg").history_minute(), "99999999")
    assert storage.system_history.claim_minute()


def test_samples_come_back_in_order(storage: Storage) -> None:
    for n in (2, 0, 1):
        storage.system_history.add(SystemSample(START + n * MINUTE, accepted=n, waits=tuple(range(12)), queued=3))
    found = storage.system_history.read(MINUTES)
    assert [sample.accepted for sample in found] == [0, 1, 2]
    assert found[0] == SystemSample(START, accepted=0, waits=tuple(range(12)), queued=3)


def test_a_quarter_keeps_the_last_totals_and_the_peak_of_the_queue(storage: Storage) -> None:
    for n, queued in enumerate((5, 900, 0)):
        storage.system_history.add(
            SystemSample(START + n * MINUTE, accepted=n, queued=queued, oldest_seconds=float(queued))
        )
    storage.system_history.add(SystemSample(START + 15 * MINUTE, accepted=9, queued=1))
    first, second = storage.system_history.read(QUARTERS)
    assert (first.accepted, first.queued, first.oldest_seconds) == (2, 900, 900.0)
    assert (second.accepted, second.queued) == (9, 1)


@pytest.mark.parametrize("resolution", RESOLUTIONS, ids=lambda resolution: resolution.name)
def test_a_new_sample_replaces_the_oldest(storage: Storage, resolution) -> None:
    span = resolution.step * resolution.slots
    storage.system_history.add(SystemSample(START))
    storage.system_history.add(SystemSample(START + span, queued=1))
    assert [sample.at for sample in storage.system_history.read(resolution)] == [START + span]


def test_a_full_history_takes_less_than_a_megabyte(storage: Storage, valkey_settings: Settings) -> None:
    client, keys = connect(valkey_settings), Keys("rg")
    for resolution in RESOLUTIONS:
        for n in range(resolution.slots):
            storage.system_history.add(a_large_sample(START + n * resolution.step))
    storage.system_history.add(a_large_sample(START + 3 * QUARTERS.slots * QUARTERS.step))
    names = [keys.history(resolution.name) for resolution in RESOLUTIONS]
    assert [client.hlen(name) for name in names] == [resolution.slots for resolution in RESOLUTIONS]
    used = sum(client.memory_usage(name, samples=0) or 0 for name in names)
    assert used < MOST_BYTES, used


def test_samples_of_other_versions_are_read(storage: Storage, valkey_settings: Settings) -> None:
    client, key = connect(valkey_settings), Keys("rg").history(MINUTES.name)
    client.hset(key, "1", f"[{round(START.timestamp() * 1000)},7]")
    later = [round((START + MINUTE).timestamp() * 1000), *range(8), [0] * 12, *range(10), "new", 5]
    client.hset(key, "2", str(later).replace("'", '"'))
    before, after = storage.system_history.read(MINUTES)
    assert (before.accepted, before.queued, after.published) == (7, 0, 1)


def test_a_sample_adds_up_all_sites(storage: Storage) -> None:
    sites = [a_site(), a_site(id="shop")]
    for site in sites:
        storage.sites.put(site)
    published(storage)
    decided(storage, accepted(storage, site="shop"), Action.HOLD)
    waiting = accepted(storage, site="shop")
    storage.system_history.count_request_errors({500: 2, 503: 1})
    storage.system_history.count_request_errors({503: 4})
    sample = read_sample(storage, sites, START, waiting.received + timedelta(seconds=7))
    assert (sample.accepted, sample.published, sample.held, sample.spam) == (3, 1, 1, 0)
    assert (sample.queued, sample.oldest_seconds, sample.needs_review) == (1, pytest.approx(7, abs=0.01), 1)
    assert (sample.waits[-1], sample.decided) == (2, 2)
    assert (sample.server_errors, sample.unavailable) == (2, 5)
    assert sample.memory_bytes > 0
    assert (sample.replicas, sample.replica_lag_bytes) == (0, 0)


def test_the_sweep_records_one_sample_a_minute(storage: Storage, valkey_settings: Settings) -> None:
    published(storage)
    storage.sites.put(a_site())
    deps = Deps(valkey_settings, storage, lambda: START, RecordedJobs(), (), build_policy((), {}))
    sweeps = [Sweep(deps, connect(valkey_settings)) for _ in range(3)]
    for sweep in sweeps * 3:
        sweep.run_once()
    samples = storage.system_history.read(MINUTES)
    assert len(samples) in (1, 2), "two if a minute ended in between"
    assert samples[0].published == 1
