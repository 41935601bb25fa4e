"""Mail subscriptions on Redis: single commands that do not depend on each other."""

import time
from datetime import datetime

from comments.storage.codec import moment
from comments.storage.keys import Keys
from comments.storage.subscriptions import ASK_AGAIN, ASK_AGAIN_AFTER_NO

from .client import Client, guarded

#: Values of a confirmation request that no comment can reserve.
SENT, UNSUBSCRIBED = "sent", "unsubscribed"


@guarded
class RedisSubscriptions:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys

    def reserve_request(self, site: str, who: str, comment: str) -> bool:
        key, pipe = self._keys.confirmation_request(site, who), self._client.pipeline()
        pipe.hexists(self._keys.subscribers(site), who)
        pipe.set(key, comment, ex=ASK_AGAIN, nx=True)
        pipe.get(key)
        confirmed, _, first = pipe.execute()
        return not confirmed and first == comment.encode()

    def request_sent(self, site: str, who: str) -> None:
        self._client.set(self._keys.confirmation_request(site, who), SENT, keepttl=True, xx=True)

    def cancel_request(self, site: str, who: str, comment: str) -> None:
        key = self._keys.confirmation_request(site, who)
        if self._client.get(key) == comment.encode():
            self._client.delete(key)

    def confirm(self, site: str, who: str) -> None:
        self._client.hsetnx(self._keys.subscribers(site), who, round(time.time() * 1000))

    def prove(self, site: str, who: str, browser: str) -> None:
        self._client.sadd(self._keys.proved(site), f"{who}@{browser}")

    def has_proved(self, site: str, who: str, browser: str) -> bool:
        return bool(self._client.sismember(self._keys.proved(site), f"{who}@{browser}"))

    def confirmed_at(self, site: str, who: str) -> datetime | None:
        ms = self._client.hget(self._keys.subscribers(site), who)
        return moment(int(ms)) if ms else None

    def unsubscribe(self, site: str, who: str) -> None:
        pipe = self._client.pipeline()
        pipe.hdel(self._keys.subscribers(site), who)
        pipe.set(self._keys.confirmation_request(site, who), UNSUBSCRIBED, ex=ASK_AGAIN_AFTER_NO)
        pipe.execute()

    def has_unsubscribed(self, site: str, who: str) -> bool:
        pipe = self._client.pipeline(transaction=False)
        pipe.hexists(self._keys.subscribers(site), who)
        pipe.get(self._keys.confirmation_request(site, who))
        confirmed, request = pipe.execute()
        return not confirmed and request == UNSUBSCRIBED.encode()

    def mute(self, site: str, comment: str) -> None:
        self._client.sadd(self._keys.muted(site), comment)

    def wants_mail(self, site: str, who: str, comment: str) -> bool:
        pipe = self._client.pipeline(transaction=False)
        pipe.hexists(self._keys.subscribers(site), who)
        pipe.sismember(self._keys.muted(site), comment)
        confirmed, muted = pipe.execute()
        return bool(confirmed) and not muted

    def mark_notified(self, site: str, reply: str) -> None:
        self._client.sadd(self._keys.notified(site), reply)

    def was_notified(self, site: str, reply: str) -> bool:
        return bool(self._client.sismember(self._keys.notified(site), reply))
