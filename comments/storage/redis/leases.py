"""Leases: keys that one process has for itself until they expire."""

from .client import Client


def take_lease(client: Client, key: str, value: str, milliseconds: int) -> bool:
    """Set a key that expires. Return False if another process has it."""
    if client.set(key, value, nx=True, px=milliseconds):
        return True
    # A lease that lasts longer than the longest was written before the server's clock was set back.
    if client.pttl(key) > milliseconds:
        client.pexpire(key, milliseconds)
    return False
