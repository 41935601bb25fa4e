"""The second step of signing in: codes of six digits from an authenticator (RFC 6238), and codes for when it is lost.

Written out here rather than taken from a library: it is one HMAC and one truncation, the RFC's own examples test it,
and what libraries add (a drift window, a yes or no) is not enough to refuse a code that was used before.
"""

import hmac
import secrets
import struct
from base64 import b32encode
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote, urlencode

import segno

from comments.pseudonyms import Pseudonyms, token_digest
from comments.site import Person

#: Seconds a code is shown, and how many codes before and after it are taken, for clocks that are a little off.
STEP, DRIFT = 30, 1
DIGITS = 6
#: Recovery codes made at once; each works once.
RECOVERY = 8
#: Without letters and digits that look alike.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_salt() -> str:
    """What is kept of a secret: the secret itself follows from it and the deployment's key, so a dump tells nobody."""
    return secrets.token_urlsafe(16)


def secret(pseudonyms: Pseudonyms, name: str, salt: str) -> bytes:
    return pseudonyms.authenticator(name, salt)


def code(key: bytes, counter: int) -> str:
    """The code of one step, after RFC 4226: four bytes of the HMAC, at the place its last four bits name."""
    mac = hmac.digest(key, struct.pack(">Q", counter), "sha1")
    place = mac[-1] & 0xF
    (number,) = struct.unpack(">I", mac[place : place + 4])
    return f"{(number & 0x7FFF_FFFF) % 10**DIGITS:0{DIGITS}}"


def counter_of(key: bytes, given: str, now: datetime, used: int) -> int:
    """The step that a code belongs to; 0 for a wrong one, and for one not later than the last that was `used`."""
    present = int(now.timestamp()) // STEP
    for counter in range(present - DRIFT, present + DRIFT + 1):
        if counter > used and hmac.compare_digest(code(key, counter).encode(), given.encode("utf-8", "replace")):
            return counter
    return 0


def tidied(given: str) -> str:
    """A code without the blanks and strokes with which people and programs group it."""
    return "".join(c for c in given.lower() if c not in " -\t\n\u00a0")


def written(key: bytes) -> str:
    """The secret as authenticators take it by hand."""
    return b32encode(key).decode().rstrip("=")


def grouped(text: str) -> str:
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def address(key: bytes, name: str, host: str) -> str:
    """The address that a phone opens with its authenticator."""
    about = urlencode({"secret": written(key), "issuer": f"Replygate {host}"}, quote_via=quote)
    return f"otpauth://totp/{quote(f'Replygate {host}')}:{quote(name, safe='')}?{about}"


def picture(address: str) -> str:
    """The address as a QR code: an image inside the page, light on every ground, as cameras want it."""
    return segno.make(address, error="m", micro=False).svg_data_uri(border=4, light="#fff", omitsize=True)


def new_recovery() -> list[str]:
    return ["".join(secrets.choice(ALPHABET) for _ in range(12)) for _ in range(RECOVERY)]


def digests(codes: Iterable[str]) -> tuple[str, ...]:
    """What is kept of recovery codes; they are random, so that a plain digest cannot be turned back."""
    return tuple(token_digest(code) for code in codes)


def accepted(person: Person, given: str, pseudonyms: Pseudonyms, now: datetime) -> Person | None:
    """The person after that code was used, so that it works no second time; None for a wrong one."""
    plain = tidied(given)
    step = counter_of(secret(pseudonyms, person.name, person.codes), plain, now, person.code_used)
    if step:
        return replace(person, code_used=step)
    if token_digest(plain) in person.recovery:
        return replace(person, recovery=tuple(d for d in person.recovery if d != token_digest(plain)))
    return None
