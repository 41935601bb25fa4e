"""Codes of six digits, by the examples of the RFCs that define them."""

from datetime import UTC, datetime, timedelta

import pytest

from comments.pseudonyms import Pseudonyms
from comments.site import Person
from service.accounts.totp import (
    STEP,
    accepted,
    address,
    code,
    counter_of,
    digests,
    grouped,
    new_recovery,
    picture,
    secret,
    written,
)
from tests.support.builders import NOW, SECRET

KEY = b"12345678901234567890"
NAMES = Pseudonyms(SECRET)


RFC_4226 = ("755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871")


@pytest.mark.parametrize(("counter", "expected"), list(enumerate(RFC_4226)))
def test_the_examples_of_rfc_4226(counter, expected):
    assert code(KEY, counter) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_the_examples_of_rfc_6238(seconds, expected):
    now = datetime.fromtimestamp(seconds, UTC)
    assert counter_of(KEY, expected, now, 0) == seconds // STEP


def test_a_clock_may_be_half_a_minute_off_and_no_more():
    step = int(NOW.timestamp()) // STEP
    taken = [n for n in range(-3, 4) if counter_of(KEY, code(KEY, step + n), NOW, 0)]
    assert taken == [-1, 0, 1]


def test_a_code_is_taken_once_and_none_before_it():
    person = Person("mo", codes="salt")
    key = secret(NAMES, "mo", "salt")
    now = int(NOW.timestamp()) // STEP
    after = accepted(person, code(key, now), NAMES, NOW)
    assert after.code_used == now
    assert accepted(after, code(key, now), NAMES, NOW) is None
    assert accepted(after, code(key, now - 1), NAMES, NOW) is None
    assert accepted(after, code(key, now + 1), NAMES, NOW + timedelta(seconds=STEP))


def test_recovery_codes_are_used_up_one_by_one():
    made = new_recovery()
    assert len({*made}) == len(made)
    person = Person("mo", codes="salt", recovery=digests(made))
    after = accepted(person, f" {grouped(made[2]).upper()} ", NAMES, NOW)
    assert after.recovery == digests(made[:2] + made[3:])
    assert accepted(after, made[2], NAMES, NOW) is None


@pytest.mark.parametrize("given", ["", "0", "é", "１２３４５６", "0" * 500])
def test_what_is_no_code_is_none(given):
    assert accepted(Person("mo", codes="salt"), given, NAMES, NOW) is None


def test_each_person_and_each_setting_up_has_its_own_secret():
    made = {secret(NAMES, *of) for of in (("mo", "a"), ("mo", "b"), ("al", "a"))}
    assert len(made) == 3
    assert address(KEY, "m o", "comments.example").startswith(
        "otpauth://totp/Replygate%20comments.example:m%20o?secret="
    )
    assert written(KEY) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def test_an_address_is_a_picture_inside_the_page_and_each_another():
    pictures = {picture(address(KEY, name, "comments.example")) for name in ("mo", "al", "x" * 60)}
    assert len(pictures) == 3
    assert all(found.startswith("data:image/svg+xml;") and len(found) < 10_000 for found in pictures)
    assert all(sign not in found for found in pictures for sign in '<>"')
