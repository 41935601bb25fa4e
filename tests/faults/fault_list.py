"""The faults: each is one row of docs/promises.md. `make faults` runs all of them, `make test` those with `in_ci`."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tests.faults import fault_actions as act
from tests.faults.installation import Installation


class Place(StrEnum):
    """The installation that a fault needs."""

    USUAL = "as `replygate up` starts it"
    SMALL_DISK = "with its data on a disk of 48 MB"
    RECORDED = "with a record of what was synchronized to the disk"
    CLOCK = "with a clock that can be set"


@dataclass(frozen=True)
class Fault:
    """`inject` returns when the fault is over, or with a kill. The other fields are promises, in seconds."""

    name: str
    inject: Callable[[Installation], None]
    recovery: float = 15.0  # until all comments that were acknowledged before are decided, and others are accepted
    p99: float | None = None  # of all answers during the fault; visitors wait no longer than 10 s
    place: Place = Place.USUAL
    in_ci: bool = False


FAULTS = (
    # First, because their retries go on while others run.
    Fault("Delivery killed three times", act.kills("delivery", "delivery", "delivery")),
    Fault("Webhook receiver refuses for 8 s", act.receiver_down),
    Fault("Mail server closes connections for 8 s", act.mail_down),
    Fault("Several killed at once: Valkey, judges, web, delivery, sweep", act.kill_at_once, in_ci=True),
    Fault("Judge killed three times", act.kills("judge", "judge", "judge")),
    Fault("Background killed twice", act.kills("background", "background")),
    Fault("Sweep killed twice", act.kills("sweep", "sweep")),
    Fault("Web process killed twice", act.kills("web process", "web process")),
    Fault("Main web process killed twice", act.kills("web", "web")),
    Fault("Valkey killed three times", act.kills("valkey", "valkey", "valkey")),
    Fault("Twelve kills of any part at random", act.random_kills(12)),
    Fault("Supervisor killed, and started again", act.supervisor_killed),
    Fault("Stopped by SIGTERM, and started again", act.stopped_and_started),
    Fault("Rolling restart (SIGHUP)", act.rolling_restart, p99=5.0),
    Fault("Judge frozen until it is replaced", act.frozen_until_replaced("judge"), p99=2.0),
    Fault("Web process frozen until it is replaced", act.frozen_until_replaced("web process")),
    Fault("Main web process frozen for 6 s", act.frozen(6, "web"), p99=2.0),
    Fault("Background, delivery and sweep frozen for 6 s", act.frozen(6, "background", "delivery", "sweep"), p99=2.0),
    Fault("Valkey frozen for 6 s", act.frozen(6, "valkey"), p99=2.0, in_ci=True),
    Fault("All connections to Valkey closed twice a second, for 6 s", act.connections_closed),
    Fault("Scripts flushed every 0.2 s, for 4 s", act.scripts_flushed),
    Fault("Memory limit reached, for 6 s", act.memory_full, p99=2.0, in_ci=True),
    Fault("Valkey is a read-only replica for 6 s", act.read_only, p99=2.0),
    Fault("100 slow and 200 cut-off clients, for 8 s", act.slow_clients, p99=2.0),
    Fault("Disk full for 6 s", act.disk_full, place=Place.SMALL_DISK),
    Fault("Power cut", act.power_cut, place=Place.RECORDED),
    Fault("Clock set back by an hour", act.clock_set("-1h"), place=Place.CLOCK),
    Fault("Clock set ahead by two hours", act.clock_set("+1h"), place=Place.CLOCK),
)
