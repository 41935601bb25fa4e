"""Used one-time codes for receipts, on Redis: one key for each, with its digest in the name."""

from comments.pseudonyms import digest
from comments.storage.keys import Keys

from .client import Client, guarded


@guarded
class RedisReceiptCodes:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys

    def use(self, site: str, code: str, seconds: int) -> bool:
        return bool(self._client.set(self._keys.receipt_code(site, digest(code)), 1, nx=True, ex=seconds))
