"""Names of keys: one prefix for all, one hash tag for each site. Long and private values are hashed."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from comments.pseudonyms import digest

#: Stands for the site in keys that all sites share. Not a valid site id.
SHARED = "~"

#: The field of threads:version that stands for all threads of a site.
WHOLE_SITE = "*"


def value_name(value: str, size: int = 8) -> bytes:
    """Digest of a value. With eight bytes, two of a million values collide once in 37 million windows."""
    return blake2b(value.encode(), digest_size=size).digest()


@lru_cache(1024)
def thread_name(thread: str) -> str:
    return digest(thread)


@dataclass(frozen=True, slots=True)
class Names:
    """In a cluster, keys that all sites share have a hash tag too, so that they are in one slot."""

    prefix: str
    _in_cluster: bool = False

    def _shared(self, name: str) -> str:
        return self._of(SHARED, name) if self._in_cluster else f"{self.prefix}:{name}"

    def _of(self, site: str, name: str) -> str:
        return f"{self.prefix}:{{{site}}}:{name}"
