"""Keys of an author's records, made from the keyed hashes that a comment carries."""

from functools import lru_cache


@lru_cache(maxsize=256)
def proven_keys(user: str, identity: str, browser: str, email_confirmed: bool) -> tuple[str, ...]:
    """Return the keys that nobody can get by typing. Cached, because judging one comment needs them ten times."""
    confirmed = f"{identity}@confirmed" if email_confirmed and identity else ""
    in_browser = f"{identity}@{browser}" if browser and identity else browser
    return tuple([key for key in (user, confirmed, in_browser) if key])


@lru_cache(maxsize=256)
def author_keys(user: str, identity: str, network_key: str, proven: tuple[str, ...]) -> tuple[str, ...]:
    """Return the keys of all records of an author, each once."""
    return tuple(dict.fromkeys([key for key in (user, identity, network_key, *proven) if key]))
