"""Passwords: argon2id, the least length, and the same work for people who do not exist."""

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from comments.errors import Invalid, Problem

#: Characters. NIST SP 800-63B asks for 15 where a password stands alone; 12 of one's own choosing, rate-limited, is the
#: issue's floor. The ceiling bounds the work of one request.
SHORTEST, LONGEST = 12, 200

#: OWASP's second choice (19 MiB, 2 passes, 1 lane): eight threads signing in at once take 150 MiB, not the 512 MiB of
#: argon2-cffi's default, which a small machine does not have.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

#: Verified when there is nobody of that name, or no password yet, so that the answer takes as long. Of no password
#: that can be typed: longer than LONGEST.
_NOBODY = _hasher.hash("nobody" * LONGEST)


def choose(password: str) -> str:
    """The hash to keep. Raises Invalid for one that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        message = f"must have {SHORTEST} to {LONGEST} characters"
        raise Invalid([Problem("password", "length", message)])
    return _hasher.hash(password)


def matches(kept: str, password: str) -> bool:
    """Whether `password` is the one whose hash was kept; "" is nobody's, and takes as long to find out."""
    try:
        return _hasher.verify(kept or _NOBODY, password[: LONGEST + 1]) and bool(kept)
    except VerifyMismatchError:
        return False
