"""One-time codes for receipts, on Redis: one key for each code, with its digest in the name."""

import secrets

from comments.pseudonyms import digest
from comments.storage.keys import Keys

from .client import Client, guarded


@guarded
class RedisReceiptCodes:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys

    def issue(self, site: str, comment: str, seconds: int) -> str:
        code = secrets.token_urlsafe(16)
        self._client.set(self._key(site, comment, code), 1, ex=seconds)
        return code

    def redeem(self, site: str, comment: str, code: str) -> bool:
        return self._client.getdel(self._key(site, comment, code)) is not None

    def is_valid(self, site: str, comment: str, code: str) -> bool:
        return bool(self._client.exists(self._key(site, comment, code)))

    def _key(self, site: str, comment: str, code: str) -> str:
        return self._keys.receipt_code(site, digest(comment, code))
