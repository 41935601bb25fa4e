"""Form tokens and proof of work. Tokens are signed, so nothing about them is stored.

A token is "<ms when the form was shown, in hex>.<bits of work>.<seal>". The seal covers these two, the site and the
thread. A proof of work is a number; SHA-256 of a seed and that number must begin with the requested count of zero
bits. The seed is made from token and text, so every text needs its own proof.
"""

import hmac
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from comments.pseudonyms import Pseudonyms
from comments.site import Site
from comments.storage.codec import milliseconds
from comments.storage.interfaces import Comments

FORM_TOKEN = re.compile(r"([0-9a-f]{1,12})\.([0-9]{1,2})\.([\w-]{22})", re.ASCII)
FORM_PROOF = re.compile(r"[0-9]{1,16}", re.ASCII)

#: Seconds. People leave pages open for days before they write, so an older token counts as no token.
MAX_AGE = 2 * 24 * 3600
#: Seconds by which the clocks of web processes may differ.
CLOCKS_DIFFER = 60
#: Hexadecimal digits of the seed. Seed and number must fit into one block of SHA-256.
SEED_DIGITS = 32

#: (comments in a minute, bits of work above that). Two more bits take four times as long. The first threshold is the
#: one of the filter `velocity.site`. A phone tries 2^16 numbers in about a second, a desktop 2^20 in five.
WORK_STEPS = ((60, 16), (240, 18), (960, 20))
MINUTE = timedelta(minutes=1)
#: Seconds for which a site's rate is cached, so that a flood does not make every request count again.
RATE_TTL = 1.0


@dataclass(frozen=True, slots=True)
class TokenCheck:
    """Result of reading a token: "valid" with its age and bits of work, "invalid", or "" for no token."""

    verdict: str = ""
    seconds: int = -1
    bits: int = 0


def issue_token(pseudonyms: Pseudonyms, site: str, thread: str, at: datetime, bits: int = 0) -> str:
    """Sign a token for a form that is shown now. `thread` is the normalized thread key."""
    stamp = f"{milliseconds(at):x}.{bits}"
    return f"{stamp}.{pseudonyms.seal('form', site, thread, stamp)}"


def read_token(pseudonyms: Pseudonyms, site: str, thread: str, token: str, now: datetime) -> TokenCheck:
    if not token:
        return TokenCheck()
    parts = FORM_TOKEN.fullmatch(token)
    if not parts:
        return TokenCheck("invalid")
    shown_at, bits, seal = parts.groups()
    expected = pseudonyms.seal("form", site, thread, f"{shown_at}.{bits}")
    if not hmac.compare_digest(expected, seal):
        return TokenCheck("invalid")
    seconds = (milliseconds(now) - int(shown_at, 16)) // 1000
    if not -CLOCKS_DIFFER <= seconds <= MAX_AGE:  # too old, or the clock was set back since
        return TokenCheck()
    return TokenCheck("valid", max(0, seconds), int(bits))


def is_proof(token: str, content: str, number: str, bits: int) -> bool:
    """Check that `number` is the work that `token` requested, done for exactly this text."""
    if not FORM_PROOF.fullmatch(number) or not 0 < bits <= 32:
        return False
    seed = sha256(f"{token}\n{content}".encode()).hexdigest()[:SEED_DIGITS]
    return int.from_bytes(sha256(f"{seed}{number}".encode()).digest()[:4], "big") >> (32 - bits) == 0


def proof_verdict(check: TokenCheck, token: str, content: str, number: str, required: bool) -> str:
    """Return "valid"; "missing" where a proof is required now; "" where none is."""
    if check.verdict == "valid" and is_proof(token, content, number, check.bits):
        return "valid"
    return "missing" if required else ""


def work_bits(per_minute: int) -> int:
    """Return the bits of work for a site that receives this many comments in a minute; 0 for none."""
    return max((bits for above, bits in WORK_STEPS if per_minute > above), default=0)


class ProofOfWork:
    """Asks forms of a flooded site for proof of work."""

    def __init__(self, comments: Comments, clock: Callable[[], float] = time.monotonic) -> None:
        self._comments, self._clock = comments, clock
        self._cached: dict[str, tuple[float, int]] = {}

    def required_bits(self, site: Site, now: datetime) -> int:
        """Return the bits of work that the site's forms must ask for; 0 for none."""
        if site.proof_of_work != "auto":
            return 0
        expires, bits = self._cached.get(site.id, (0.0, 0))
        if expires <= self._clock():
            bits = work_bits(self._comments.received_between(site.id, now - MINUTE, now + MINUTE))
            self._cached[site.id] = (self._clock() + RATE_TTL, bits)
        return bits
