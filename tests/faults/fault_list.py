"""The faults: each is one row of docs/promises.md. `make faults` runs all of them, `make test` those with `in_ci`."""

from dataclasses import dataclass

from tests.faults import fault_actions as act
from tests.faults import queue_faults, store_faults
from tests.faults.backlog import backlog
from tests.faults.places import Place

#: Seconds in which two judges decide 50,000 comments on two cores.
BACKLOG_SECONDS = 150.0


@dataclass(frozen=True)
class Fault:
    """`inject` returns when the fault is over, or with the last kill. The other fields are promises, in seconds."""

    name: str
    inject: act.Inject
    covers: tuple[str, ...] = ()  # numbers in MATRIX
    recovery: float = 15.0  # until all comments that were acknowledged before are decided, and others are accepted
    p99: float | None = None  # of all answers during the fault; visitors wait no longer than 10 s
    place: Place = Place.USUAL
    receivers_fail: float = 3.0  # how long webhook receiver and mail server fail as well
    in_ci: bool = False


FAULTS = (
    # First, because their retries go on while others run.
    Fault("Delivery killed three times", act.kills("delivery", "delivery", "delivery")),
    Fault("Webhook receiver and mail server fail for 8 s", act.lasting(8), ("F22",), receivers_fail=8.0),
    Fault(
        "Several killed at once: Valkey, judges, web, delivery, sweep", act.kill_at_once, ("F1", "F5", "F7"), in_ci=True
    ),
    Fault("Judge killed three times", act.kills("judge", "judge", "judge"), ("F1", "F2")),
    Fault("Judges killed at their claims and decisions", queue_faults.killed_at_steps, ("F4",)),
    Fault("Background killed twice", act.kills("background", "background"), ("F1",)),
    Fault("Sweep killed twice", act.kills("sweep", "sweep")),
    Fault("Web process killed twice", act.kills("web process", "web process"), ("F5",)),
    Fault("Main web process killed twice", act.kills("web", "web"), ("F5",)),
    Fault("Valkey killed three times", act.kills("valkey", "valkey", "valkey"), ("F7",)),
    Fault("Twelve kills of any part at random", act.random_kills(12), ("F1", "F5", "F7")),
    Fault("Supervisor killed, and started again", act.supervisor_killed),
    Fault("Stopped by SIGTERM, and started again", act.stopped_and_started, ("F6",)),
    Fault("Rolling restart (SIGHUP)", act.rolling_restart, ("F6",), p99=5.0),
    Fault("Judge frozen for 12 s, longer than its lease", act.frozen(12, "judge"), ("F3",), p99=2.0),
    Fault("Judge frozen until it is replaced", act.frozen_until_replaced("judge"), ("F3",), p99=2.0),
    Fault("Web process frozen until it is replaced", act.frozen_until_replaced("web process")),
    Fault("Main web process frozen for 6 s", act.frozen(6, "web"), p99=2.0),
    Fault("Background, delivery and sweep frozen for 6 s", act.frozen(6, "background", "delivery", "sweep"), p99=2.0),
    Fault("Valkey frozen for 6 s", act.frozen(6, "valkey"), ("F9",), p99=2.0, in_ci=True),
    Fault("All connections to Valkey closed twice a second, for 6 s", store_faults.connections_closed, ("F11",)),
    Fault("Scripts flushed every 0.2 s, for 4 s", store_faults.scripts_flushed, ("F23",)),
    Fault("Memory limit reached, for 6 s", store_faults.memory_full, ("F12",), p99=2.0, in_ci=True),
    Fault("Valkey is a read-only replica for 6 s", store_faults.read_only, p99=2.0),
    Fault("Valkey may delete keys (allkeys-lru)", store_faults.wrong_eviction, ("F14",), p99=2.0),
    Fault("30 unreadable jobs in the queues", queue_faults.poisoned_jobs, ("F15",), p99=2.0),
    Fault("Each job enqueued 100 times", queue_faults.repeated_jobs, ("F21",)),
    Fault(
        "50,000 comments judged after a pause, with Valkey frozen for 1.5 s",
        backlog,
        ("F25",),
        recovery=BACKLOG_SECONDS,
    ),
    Fault("100 slow and 200 cut-off clients, for 8 s", act.slow_clients, p99=2.0),
    Fault("Disk full for 6 s", act.disk_full, ("F13",), place=Place.SMALL_DISK),
    Fault("Power cut", act.power_cut, ("F8",), place=Place.RECORDED),
    Fault("Clock set back by an hour", act.clock_set("-1h"), ("F20",), place=Place.CLOCK),
    Fault("Clock set ahead by two hours", act.clock_set("+1h"), ("F20",), place=Place.CLOCK),
    Fault(
        "Network to Valkey slow, cut, refused and silent; 30 responses lost",
        store_faults.network_faults,
        ("F10",),
        place=Place.PROXY,
    ),
    Fault("Sentinel: primary killed", store_faults.primary_killed, ("F17",), recovery=30.0, place=Place.SENTINELS),
    Fault("Sentinel: primary cut off", store_faults.primary_cut_off, ("F18",), recovery=30.0, place=Place.CUT_OFF),
    Fault("Cluster: primary killed", store_faults.primary_killed, ("F19",), recovery=30.0, place=Place.CLUSTER),
)

#: All faults that must be covered, by a row or by tests of their own.
MATRIX = {
    "F1": "a worker is killed",
    "F2": "a worker is killed by its comment, or for lack of memory",
    "F3": "a worker is frozen, and goes on later",
    "F4": "a worker is killed at each step",
    "F5": "a web process is killed while it answers",
    "F6": "everything is restarted under load",
    "F7": "Valkey is killed",
    "F8": "the power is cut",
    "F9": "Valkey is frozen",
    "F10": "the network to Valkey refuses, cuts, delays, or loses responses",
    "F11": "Valkey closes all connections",
    "F12": "the memory limit of Valkey is reached",
    "F13": "the disk is full",
    "F14": "Valkey has a wrong eviction policy",
    "F15": "an RQ job cannot be read",
    "F16": "a filter hangs, raises or ends its process",
    "F17": "Sentinel: the primary is killed",
    "F18": "Sentinel: the primary is cut off",
    "F19": "cluster: a primary is killed",
    "F20": "the clock jumps",
    "F21": "a job runs twice",
    "F22": "a webhook receiver is down, slow or wrong",
    "F23": "Valkey starts empty",
    "F24": "old and new versions work on one queue",
    "F25": "a long queue when the workers start",
}
#: Tests that cover a fault better than traffic can, as files.
TESTS = {
    "F2": ("tests/faults/test_poison.py",),
    "F10": ("tests/faults/test_storage_faults.py",),
    "F15": ("tests/integration/jobs/test_worker_process.py",),
    "F16": ("tests/faults/test_poison.py", "tests/integration/jobs/test_worker_process.py"),
    "F17": ("tests/faults/test_fail_over.py",),
    "F19": ("tests/faults/cluster/test_failed_servers.py",),
    "F22": ("tests/faults/test_killed_deliveries.py",),
    "F23": ("tests/faults/test_emptied_store.py",),
    "F24": ("tests/integration/storage/test_version_before.py", "tests/faults/upgrade.py"),
}
