"""Hash and check passwords with argon2id, with the same work for people who do not exist."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from comments.errors import Busy, Invalid, Problem

#: Characters. NIST SP 800-63B asks for 15 for a password without a second factor; 12 with a rate limit is our minimum.
#: The maximum limits the work of one request.
SHORTEST, LONGEST = 12, 200

#: OWASP's second choice (19 MiB, 2 passes, 1 lane). Eight simultaneous sign-ins take 150 MiB; with argon2-cffi's
#: default they would take 512 MiB, too much for a small machine.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

#: Checked when the person does not exist or has no password yet, so that the answer takes the same time. No password
#: matches it: it was made from a text longer than LONGEST.
_NO_PASSWORD = _hasher.hash("nobody" * LONGEST)


#: Passwords that are checked or wait for it at the same time, in one process. Each check takes a core for 30 ms and a
#: thread; without a limit, sixteen clients that try passwords made every page wait.
MAX_CHECKS = 2
_free, _one_at_a_time = threading.BoundedSemaphore(MAX_CHECKS), threading.Lock()


@contextmanager
def _bulkhead() -> Iterator[None]:
    """Raises Busy."""
    if not _free.acquire(blocking=False):
        raise Busy("Many people sign in at this moment. Try again in a second.", 1)
    try:
        with _one_at_a_time:
            yield
    finally:
        _free.release()


def hash_password(password: str) -> str:
    """The hash to store. Raises Invalid if the password is too short or too long, and Busy."""
    if not SHORTEST <= len(password) <= LONGEST:
        message = f"must have {SHORTEST} to {LONGEST} characters"
        raise Invalid([Problem("password", "length", message)])
    with _bulkhead():
        return _hasher.hash(password)


def is_correct(stored: str, password: str) -> bool:
    """Compare a password with a stored hash. "" matches no password, and checking it takes the same time.

    Raises Busy.
    """
    with _bulkhead():
        try:
            return _hasher.verify(stored or _NO_PASSWORD, password[: LONGEST + 1]) and bool(stored)
        except VerifyMismatchError:
            return False
