"""Two-factor authentication: time-based one-time passwords (RFC 6238) and recovery codes."""

import hmac
import secrets
from base64 import b32encode
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import pyotp
import segno

from comments.person import Person
from comments.pseudonyms import Pseudonyms, token_digest

#: Seconds that a code is shown, and the number of earlier and later codes that are accepted for clocks that are off.
STEP_SECONDS, DRIFT_STEPS = 30, 1
#: Recovery codes are made together; each works once.
RECOVERY_CODES = 8
#: Without letters and digits that look alike.
RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_salt() -> str:
    """The stored part of a secret. Without the deployment's key it does not reveal the secret."""
    return secrets.token_urlsafe(16)


def secret(pseudonyms: Pseudonyms, name: str, salt: str) -> str:
    """The secret that a person shares with their authenticator app, in base 32."""
    return b32encode(pseudonyms.authenticator(name, salt)).decode().rstrip("=")


def code_at_step(secret: str, step: int) -> str:
    return pyotp.TOTP(secret, interval=STEP_SECONDS).generate_otp(step)


def matching_step(secret: str, code: str, now: datetime, last_step: int) -> int:
    """The time step of a code; 0 for a wrong code, and for a step that is not later than `last_step`.

    `pyotp.TOTP.verify` only answers yes or no, which cannot refuse a code that was used before.
    """
    present = int(now.timestamp()) // STEP_SECONDS
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        expected = code_at_step(secret, step).encode()
        if step > last_step and hmac.compare_digest(expected, code.encode("utf-8", "replace")):
            return step
    return 0


def normalized(code: str) -> str:
    """A code without the spaces and dashes with which people and apps group it."""
    return "".join(c for c in code.lower() if c not in " -\t\n\u00a0")


def grouped(text: str) -> str:
    """Text in groups of four characters, which are easier to copy."""
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def otpauth_url(secret: str, name: str, host: str) -> str:
    """The URL that opens an authenticator app and sets it up."""
    return pyotp.TOTP(secret, name=name, issuer=f"Replygate {host}", interval=STEP_SECONDS).provisioning_uri()


def qr_code(url: str) -> str:
    """The URL as a QR code: a data URL of an SVG image, dark on white because cameras expect that."""
    return segno.make(url, error="m", micro=False).svg_data_uri(border=4, light="#fff", omitsize=True)


def new_recovery_codes() -> list[str]:
    return ["".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(12)) for _ in range(RECOVERY_CODES)]


def recovery_digests(codes: Iterable[str]) -> tuple[str, ...]:
    """The stored form of recovery codes. They are random, so a plain digest cannot be reversed."""
    return tuple(token_digest(code) for code in codes)


def use_code(person: Person, code: str, pseudonyms: Pseudonyms, now: datetime) -> Person | None:
    """The person after using the code, which then works no second time; None for a wrong code."""
    plain = normalized(code)
    step = matching_step(secret(pseudonyms, person.name, person.totp_salt), plain, now, person.last_totp_step)
    if step:
        return replace(person, last_totp_step=step)
    if token_digest(plain) in person.recovery_digests:
        return replace(person, recovery_digests=tuple(d for d in person.recovery_digests if d != token_digest(plain)))
    return None
