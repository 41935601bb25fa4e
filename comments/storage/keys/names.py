"""How keys are named: one prefix for all, one hash tag a site, long and private values hashed."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from comments.pseudonyms import digest

#: Stands in for a site in what all sites share. Not a possible site id.
SHARED = "~"


def value_name(value: str, size: int = 8) -> bytes:
    """Bytes that stand for a value. With eight, two of a million values meet once in 37 million windows."""
    return blake2b(value.encode(), digest_size=size).digest()


@lru_cache(1024)
def thread_name(thread: str) -> str:
    return digest(thread)


@dataclass(frozen=True, slots=True)
class Names:
    prefix: str

    def _of(self, site: str, name: str) -> str:
        return f"{self.prefix}:{{{site}}}:{name}"
