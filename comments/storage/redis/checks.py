"""Checks on Redis: a compressed record that expires, and a place in the judging queue."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from comments.errors import Busy, KeyReused, TooMany
from comments.model import Comment
from comments.storage.checks import (
    BUSY_JUDGES,
    BUSY_JUDGES_SECONDS,
    KEY_OF_OTHER_CHECK,
    PERSONAL_CHECK,
    TOO_MANY_CHECKS,
    CheckAdmission,
    CheckAnswer,
    CheckRequest,
    is_check_id,
)
from comments.storage.codec import dump_state, dump_submission, load_comment, milliseconds
from comments.storage.keys import Keys, value_name
from comments.storage.packed_checks import pack_check, unpack_check
from comments.storage.people_records import AUTHOR_STATUSES, records_of_people, status_by_people
from comments.storage.values import Accepted

from .announcements import work_channel
from .client import Client, guarded, text
from .comments import FINGERPRINT_BYTES, KEY_SECONDS, WAKEUP_MS
from .memory import MemoryWatch
from .scripts import Script

#: Name of the rate.
_RATE = "checks"


@guarded
class RedisChecks:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._memory = MemoryWatch(client)
        self._ask = Script(client, "checks/ask")
        self._put = Script(client, "checks/put")
        self._teach = Script(client, "checks/teach")

    def ask(self, site: str, id: str, request: CheckRequest, admission: CheckAdmission = PERSONAL_CHECK) -> Accepted:
        k = self._keys
        answer = self._ask(
            [
                k.check(site, id), k.checks(site), k.due_checks(site), k.wakeups(site), k.due(site),
                k.idempotency(site, admission.key), k.rate(site, _RATE),
            ],
            {
                "id": id, "seconds": admission.seconds, "max_kept": admission.max_kept,
                "max_waiting": 0 if self._memory.is_short(k.checks(site)) else admission.max_waiting,
                "per_minute": admission.per_minute, "has_key": bool(admission.key),
                "key_seconds": KEY_SECONDS, "batch": admission.batch, "max_wakeups": admission.max_wakeups,
                "wakeup_ms": WAKEUP_MS, "records": k.check(site, ""), "site": site,
                "channel": work_channel(self._client, k, site),
            },
            pack_check(CheckAnswer(request)),
            value_name(admission.fingerprint, FINGERPRINT_BYTES),
        )  # fmt: skip
        match [text(word) if isinstance(word, bytes) else word for word in answer]:
            case ["accepted", token]:
                return Accepted(id, wakeup=token)
            case ["repeat", earlier]:
                return Accepted(earlier, repeat=True)
            case ["key_reused"]:
                raise KeyReused(KEY_OF_OTHER_CHECK)
            case ["rate_limited", seconds]:
                raise TooMany(TOO_MANY_CHECKS, int(seconds))
        raise Busy(BUSY_JUDGES, BUSY_JUDGES_SECONDS)

    def answer(self, site: str, id: str) -> CheckAnswer | None:
        (found,) = self.answers(site, [id])
        return found

    def answers(self, site: str, ids: Sequence[str]) -> list[CheckAnswer | None]:
        if not ids:
            return []
        # Up to version 0.1 records were of another type, and their ids had no prefix.
        known = [id for id in ids if is_check_id(id)]
        records = self._client.mget([self._keys.check(site, id) for id in known]) if known else []
        found = dict(zip(known, records, strict=True))
        return [unpack_check(record) if (record := found.get(id)) else None for id in ids]

    def put(self, site: str, answers: Mapping[str, CheckAnswer | None]) -> None:
        if not answers:
            return
        k = self._keys
        named = {
            "ids": list(answers),
            "waiting": [answer is not None and answer.is_waiting for answer in answers.values()],
            "channel": k.decided(site),
        }
        records = [pack_check(answer) if answer else b"" for answer in answers.values()]
        self._put([k.due_checks(site), k.attempts(site), *(k.check(site, id) for id in answers)], named, *records)

    def forget(self, site: str, id: str) -> None:
        k, pipe = self._keys, self._client.pipeline()
        pipe.delete(k.check(site, id))
        pipe.zrem(k.checks(site), id)
        pipe.zrem(k.due_checks(site), id)
        pipe.hdel(k.attempts(site), id)
        pipe.execute()

    def waiting(self, site: str) -> int:
        return int(self._client.zcard(self._keys.due_checks(site)))

    def kept(self, site: str) -> int:
        now = milliseconds(datetime.now(UTC))
        return int(self._client.zcount(self._keys.checks(site), now, "+inf"))

    def latest(self, site: str, n: int) -> list[CheckAnswer]:
        ids = [text(id) for id in self._client.zrevrange(self._keys.checks(site), 0, n - 1)]
        return [answer for answer in self.answers(site, ids) if answer]

    def taught(self, site: str, ids: Sequence[str]) -> list[Comment | None]:
        if not ids:
            return []
        records = self._client.hmget(self._keys.taught_checks(site), ids)
        return [load_comment(site, id, record) if record else None for id, record in zip(ids, records, strict=True)]

    def taught_ids(self, site: str) -> list[str]:
        return [text(id) for id in sorted(self._client.hkeys(self._keys.taught_checks(site)))]

    def teach(self, site: str, before: Comment | None, after: Comment | None) -> bool:
        k, id = self._keys, (after or before).id  # type: ignore[union-attr]  # one of them is given
        named = {
            "id": id,
            "people_old": status_by_people(before) if before else "",
            "people_old_records": records_of_people(before) if before else [],
            "people_new": status_by_people(after) if after else "",
            "people_new_records": records_of_people(after) if after else [],
        }
        keys = [k.taught_checks(site), k.unlearned(site)]
        keys += [k.authors(site, status) for status in AUTHOR_STATUSES]
        record = dump_state(after) + dump_submission(after) if after else b""
        return bool(self._teach(keys, named, dump_state(before) if before else b"", record))
