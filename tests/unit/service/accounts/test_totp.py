"""One-time passwords, by the examples of the RFCs that define them."""

from base64 import b32encode
from datetime import UTC, datetime, timedelta

import pytest

from comments.person import Person
from comments.pseudonyms import Pseudonyms
from service.accounts.totp import (
    STEP_SECONDS,
    code_at_step,
    grouped,
    matching_step,
    new_recovery_codes,
    otpauth_url,
    qr_code,
    recovery_digests,
    secret,
    use_code,
)
from tests.support.builders import NOW, SECRET

KEY = b32encode(b"12345678901234567890").decode()
NAMES = Pseudonyms(SECRET)


RFC_4226 = ("755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871")


@pytest.mark.parametrize(("counter", "expected"), list(enumerate(RFC_4226)))
def test_the_examples_of_rfc_4226(counter, expected):
    assert code_at_step(KEY, counter) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_the_examples_of_rfc_6238(seconds, expected):
    now = datetime.fromtimestamp(seconds, UTC)
    assert matching_step(KEY, expected, now, 0) == seconds // STEP_SECONDS


def test_a_clock_may_be_half_a_minute_off_and_no_more():
    step = int(NOW.timestamp()) // STEP_SECONDS
    accepted = [n for n in range(-3, 4) if matching_step(KEY, code_at_step(KEY, step + n), NOW, 0)]
    assert accepted == [-1, 0, 1]


def test_a_code_is_accepted_once_and_no_earlier_one_after_it():
    person = Person("mo", totp_salt="salt")
    key = secret(NAMES, "mo", "salt")
    now = int(NOW.timestamp()) // STEP_SECONDS
    after = use_code(person, code_at_step(key, now), NAMES, NOW)
    assert after.last_totp_step == now
    assert use_code(after, code_at_step(key, now), NAMES, NOW) is None
    assert use_code(after, code_at_step(key, now - 1), NAMES, NOW) is None
    assert use_code(after, code_at_step(key, now + 1), NAMES, NOW + timedelta(seconds=STEP_SECONDS))


def test_secrets_and_codes_of_version_0_1_still_work():
    """Made with the code that Replygate had before it used pyotp."""
    key = secret(Pseudonyms("s" * 40), "mo", "a-salt-of-old-times")
    assert key == "Q5TGCKGHEX4XWUV3EP6UASJ6UECHK7DP"
    at = datetime(2026, 11, 22, 12, 0, 5, tzinfo=UTC)
    step = int(at.timestamp()) // STEP_SECONDS
    codes = ("963992", "487026", "252854", "775030", "823142")
    assert [matching_step(key, code, at, 0) for code in codes] == [0, step - 1, step, step + 1, 0]
    assert otpauth_url(key, "mo & co", "replies.example:8000") == (
        "otpauth://totp/Replygate%20replies.example%3A8000:mo%20%26%20co"
        "?secret=Q5TGCKGHEX4XWUV3EP6UASJ6UECHK7DP&issuer=Replygate%20replies.example%3A8000"
    )


def test_recovery_codes_are_used_up_one_by_one():
    made = new_recovery_codes()
    assert len({*made}) == len(made)
    person = Person("mo", totp_salt="salt", recovery_digests=recovery_digests(made))
    after = use_code(person, f" {grouped(made[2]).upper()} ", NAMES, NOW)
    assert after.recovery_digests == recovery_digests(made[:2] + made[3:])
    assert use_code(after, made[2], NAMES, NOW) is None


@pytest.mark.parametrize("text", ["", "0", "é", "１２３４５６", "0" * 500])
def test_a_malformed_code_is_refused(text):
    assert use_code(Person("mo", totp_salt="salt"), text, NAMES, NOW) is None


def test_each_person_and_each_setup_has_its_own_secret():
    made = {secret(NAMES, *of) for of in (("mo", "a"), ("mo", "b"), ("al", "a"))}
    assert len(made) == 3


def test_a_qr_code_is_an_image_inside_the_page_and_differs_for_each_url():
    pictures = {qr_code(otpauth_url(KEY, name, "comments.example")) for name in ("mo", "al", "x" * 60)}
    assert len(pictures) == 3
    assert all(found.startswith("data:image/svg+xml;") and len(found) < 10_000 for found in pictures)
    assert all(sign not in found for found in pictures for sign in '<>"')
