"""What a form carries unseen: where and when it was shown, and the work it was asked to do. Pure, and nothing is kept.

A token is "<ms it was shown, in hex>.<bits of work>.<seal>"; the seal is over those, the site and the thread. A proof
is a number that makes SHA-256 of it, behind a seed of token and text, begin with that many zeros: so each text needs
its own.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from comments.pseudonyms import Pseudonyms
from comments.storage.codec import milliseconds

TOKEN = re.compile(r"([0-9a-f]{1,12})\.([0-9]{1,2})\.([\w-]{22})", re.ASCII)
PROOF = re.compile(r"[0-9]{1,16}", re.ASCII)

#: Seconds. People leave pages open for days and write then; that is no sign of a program, so it counts as no token.
MAX_AGE = 2 * 24 * 3600
#: Hexadecimal digits of the seed, few enough that seed and number are one block of SHA-256.
SEED = 32


@dataclass(frozen=True, slots=True)
class Shown:
    """What a token says: "valid" with its age and bits of work, "invalid", or "" for none."""

    verdict: str = ""
    seconds: int = -1
    bits: int = 0


def issue(pseudonyms: Pseudonyms, site: str, thread: str, at: datetime, bits: int = 0) -> str:
    """`thread` is the thread's key as it is kept."""
    stamp = f"{milliseconds(at):x}.{bits}"
    return f"{stamp}.{pseudonyms.seal('form', site, thread, stamp)}"


def read(pseudonyms: Pseudonyms, site: str, thread: str, token: str, now: datetime) -> Shown:
    if not token:
        return Shown()
    parts = TOKEN.fullmatch(token)
    if not parts:
        return Shown("invalid")
    shown_at, bits, seal = parts.groups()
    expected = pseudonyms.seal("form", site, thread, f"{shown_at}.{bits}")
    if not hmac.compare_digest(expected, seal):
        return Shown("invalid")
    seconds = max(0, (milliseconds(now) - int(shown_at, 16)) // 1000)  # web processes' clocks differ a little
    return Shown("valid", seconds, int(bits)) if seconds <= MAX_AGE else Shown()


def is_proof(token: str, content: str, number: str, bits: int) -> bool:
    """Whether `number` is the work that `token` asked for, done for exactly this text."""
    if not PROOF.fullmatch(number) or not 0 < bits <= 32:
        return False
    seed = sha256(f"{token}\n{content}".encode()).hexdigest()[:SEED]
    return int.from_bytes(sha256(f"{seed}{number}".encode()).digest()[:4], "big") >> (32 - bits) == 0


def proof(shown: Shown, token: str, content: str, number: str, wanted: bool) -> str:
    """What is kept of a proof: "valid"; "missing" where one is `wanted` now; "" where nobody asks."""
    if shown.verdict == "valid" and is_proof(token, content, number, shown.bits):
        return "valid"
    return "missing" if wanted else ""
