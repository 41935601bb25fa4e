"""The history of the system on Redis: one hash for each ring, whose fields are its slots."""

from collections.abc import Mapping
from dataclasses import astuple, fields
from datetime import datetime
from typing import Any

from pydantic_core import from_json, to_json

from comments.storage.codec import milliseconds, moment
from comments.storage.keys import Keys
from comments.storage.system_history import MINUTES, QUARTERS, RESOLUTIONS, Resolution, SystemSample, with_peaks

from .client import Client, guarded
from .scripts import Script

#: Values of a sample besides its time.
_VALUES = len(fields(SystemSample)) - 1
MINUTE_MS = round(MINUTES.step.total_seconds() * 1000)


@guarded
class RedisSystemHistory:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._claim_minute = Script(client, "operations/claim_minute")

    def claim_minute(self) -> datetime | None:
        minute = self._claim_minute([self._keys.history_minute()], {"minute_ms": MINUTE_MS})
        return moment(int(minute) * MINUTE_MS) if minute else None

    def add(self, sample: SystemSample) -> None:
        slots = {resolution: resolution.slot(sample.at) for resolution in RESOLUTIONS}
        pipe = self._client.pipeline(transaction=False)
        for resolution, slot in slots.items():
            pipe.hget(self._keys.history(resolution.name), slot)
        stored = pipe.execute()
        for (resolution, slot), before in zip(slots.items(), stored, strict=True):
            key = self._keys.history(resolution.name)
            pipe.hset(key, slot, _packed(_joined(resolution, before, sample)))
            pipe.expire(key, resolution.step * resolution.slots)
        pipe.execute()

    def read(self, resolution: Resolution) -> list[SystemSample]:
        found = self._client.hvals(self._keys.history(resolution.name))
        return sorted(map(_unpacked, found), key=lambda sample: sample.at)

    def count_request_errors(self, errors: Mapping[int, int]) -> None:
        pipe = self._client.pipeline(transaction=False)
        for status, n in errors.items():
            pipe.hincrby(self._keys.request_errors(), status, n)
        pipe.expire(self._keys.request_errors(), QUARTERS.step * QUARTERS.slots)
        pipe.execute()

    def request_errors(self) -> Mapping[int, int]:
        return {int(status): int(n) for status, n in self._client.hgetall(self._keys.request_errors()).items()}


def _joined(resolution: Resolution, stored: bytes | None, sample: SystemSample) -> SystemSample:
    """Return `sample` with the peaks of the sample in its slot, if that is one of the same step."""
    before = _unpacked(stored) if stored else None
    is_same_step = before is not None and resolution.start_number(before.at) == resolution.start_number(sample.at)
    return with_peaks(sample, before) if before and is_same_step else sample


def _packed(sample: SystemSample) -> bytes:
    at, *values = astuple(sample)
    return to_json([milliseconds(at), *values])


def _unpacked(stored: bytes) -> SystemSample:
    """Read a sample. One of a later version may have more fields, one of an earlier version fewer."""
    at, *values = from_json(stored)
    known: list[Any] = [tuple(value) if isinstance(value, list) else value for value in values[:_VALUES]]
    return SystemSample(moment(at), *known)
