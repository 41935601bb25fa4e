"""Tokens of forms and proofs of work: what passes for one, and what does not."""

from datetime import timedelta
from hashlib import sha256

import pytest

from comments.pseudonyms import Pseudonyms
from comments.storage.memory import open_memory
from service.submission.form_tokens import MAX_AGE, Shown, is_proof, issue, proof, read
from service.submission.form_work import Brake, bits
from tests.support.builders import NOW, SECRET, a_comment, a_site, an_admission

NAMES = Pseudonyms(SECRET)


def shown(token: str, seconds: float = 10, site: str = "blog", thread: str = "post") -> Shown:
    return read(NAMES, site, thread, token, NOW + timedelta(seconds=seconds))


def solved(token: str, content: str, wanted: int) -> str:
    return next(str(n) for n in range(2**24) if is_proof(token, content, str(n), wanted))


def test_a_token_tells_how_long_the_form_was_looked_at() -> None:
    assert shown(issue(NAMES, "blog", "post", NOW)) == Shown("valid", 10, 0)
    assert shown(issue(NAMES, "blog", "post", NOW, 16), 2.9) == Shown("valid", 2, 16)


def test_a_clock_that_is_a_little_behind_is_no_sign_of_anything() -> None:
    assert shown(issue(NAMES, "blog", "post", NOW), -2) == Shown("valid", 0, 0)


def test_an_old_page_is_as_one_without_a_token() -> None:
    token = issue(NAMES, "blog", "post", NOW)
    assert shown(token, MAX_AGE) == Shown("valid", MAX_AGE, 0)
    assert shown(token, MAX_AGE + 1) == shown("") == Shown()


def test_a_token_belongs_to_one_page_of_one_site() -> None:
    token = issue(NAMES, "blog", "post", NOW)
    assert shown(token, thread="other") == shown(token, site="other") == Shown("invalid")
    assert read(Pseudonyms("x" * 40), "blog", "post", token, NOW) == Shown("invalid")


@pytest.mark.parametrize("change", ["time", "bits", "seal", "case"])
def test_nothing_in_a_token_can_be_changed(change: str) -> None:
    at, work, seal = issue(NAMES, "blog", "post", NOW, 16).split(".")
    changed = {
        "time": f"{int(at, 16) - 9000:x}.{work}.{seal}",
        "bits": f"{at}.1.{seal}",
        "seal": f"{at}.{work}.{seal[::-1]}",
        "case": f"{at.upper()}.{work}.{seal}",
    }
    assert shown(changed[change]) == Shown("invalid")


@pytest.mark.parametrize(
    "token", ["x", ".", "..", "1.0.", "9" * 5000, "١.0." + "a" * 22, "1.0." + "a" * 22 + "\n", "é"]
)
def test_what_is_no_token_is_invalid(token: str) -> None:
    assert shown(token) == Shown("invalid")


def test_a_proof_is_for_one_token_and_one_text() -> None:
    token = issue(NAMES, "blog", "post", NOW, 10)
    number = solved(token, "Grüße\n", 10)
    assert is_proof(token, "Grüße\n", number, 10)
    assert not is_proof(token, "Grüße", number, 10)
    assert not is_proof(token + "x", "Grüße\n", number, 10)
    seed = sha256(f"{token}\nGrüße\n".encode()).hexdigest()[:32]
    assert int(sha256((seed + number).encode()).hexdigest(), 16) < 2**246


@pytest.mark.parametrize("number", ["", "-1", "1e3", " 1", "1" * 17, "١", "1\n", "x"])
def test_what_is_no_number_is_no_proof(number: str) -> None:
    assert not is_proof("token", "text", number, 1)


def test_without_bits_nothing_is_a_proof() -> None:
    assert [n for n in range(50) if is_proof("token", "text", str(n), 0)] == []


def test_a_proof_is_missing_only_where_one_is_wanted() -> None:
    token = issue(NAMES, "blog", "post", NOW, 8)
    number = solved(token, "text", 8)
    assert proof(shown(token), token, "text", number, wanted=True) == "valid"
    assert proof(shown(token), token, "text", number, wanted=False) == "valid"
    assert proof(shown(token), token, "text", "", wanted=True) == "missing"
    assert proof(shown(token), token, "text", "", wanted=False) == ""
    assert proof(Shown("invalid"), token, "text", number, wanted=True) == "missing"


@pytest.mark.parametrize(("rate", "work"), [(0, 0), (60, 0), (61, 16), (240, 16), (241, 18), (961, 20), (10**6, 20)])
def test_more_comments_ask_for_more_work(rate: int, work: int) -> None:
    assert bits(rate) == work


def test_only_a_flooded_site_that_wants_it_asks_for_work() -> None:
    storage = open_memory(lambda: NOW)
    clock = [0.0]
    brake = Brake(storage.comments, lambda: clock[0])
    auto = a_site(proof_of_work="auto")
    assert brake.bits(auto, NOW) == 0
    for n in range(61):
        storage.comments.accept(a_comment(received=NOW, origin=f"{n}"), an_admission())
    assert brake.bits(auto, NOW) == 0, "what was counted is remembered for a second"
    clock[0] = 1.0
    assert brake.bits(auto, NOW) == 16
    assert brake.bits(a_site(), NOW) == 0
    clock[0] = 2.0
    assert brake.bits(auto, NOW + timedelta(minutes=1)) == 0
