"""Names of keys: one prefix for all, one hash tag for each site. Long and private values are hashed."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from comments.pseudonyms import digest

#: Stands for the site in keys that all sites share. Not a valid site id.
SHARED = "~"

#: First words of the keys that have the tag above in a cluster only.
SHARED_NAMES = frozenset(
    {"version", "restoring", "probe", "beats", "sites", "importing", "people", "session", "sessions"}
    | {"link", "links", "kept", "tries"}
)

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


def first_part(prefix: str) -> str:
    """Return what every key of an installation begins with."""
    return f"{prefix}:"


def renamed_key(key: bytes, prefix: str, in_cluster: bool) -> bytes:
    """Return the name that a key of one server or of a cluster has in the other kind of installation."""
    begin, tag = first_part(prefix).encode(), f"{{{SHARED}}}:".encode()
    name = key.removeprefix(begin)
    if in_cluster:
        return key if name.startswith(b"{") else begin + tag + name
    shared = name.removeprefix(tag)
    is_shared = name != shared and shared.partition(b":")[0].decode() in SHARED_NAMES
    return begin + shared if is_shared else key
