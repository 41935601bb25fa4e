"""Form tokens and proof of work: valid and invalid ones."""

from datetime import timedelta
from hashlib import sha256

import pytest

from comments.pseudonyms import Pseudonyms
from comments.storage.memory import open_memory
from service.submission.form_tokens import (
    MAX_AGE,
    ProofOfWork,
    TokenCheck,
    is_proof,
    issue_token,
    proof_verdict,
    read_token,
    work_bits,
)
from tests.support.builders import NOW, SECRET, a_comment, a_site, an_admission

NAMES = Pseudonyms(SECRET)


def shown(token: str, seconds: float = 10, site: str = "blog", thread: str = "post") -> TokenCheck:
    return read_token(NAMES, site, thread, token, NOW + timedelta(seconds=seconds))


def solved(token: str, content: str, wanted: int) -> str:
    return next(str(n) for n in range(2**24) if is_proof(token, content, str(n), wanted))


def test_a_token_records_when_the_form_was_shown() -> None:
    assert shown(issue_token(NAMES, "blog", "post", NOW)) == TokenCheck("valid", 10, 0)
    assert shown(issue_token(NAMES, "blog", "post", NOW, 16), 2.9) == TokenCheck("valid", 2, 16)


def test_a_clock_slightly_behind_gives_zero_seconds() -> None:
    assert shown(issue_token(NAMES, "blog", "post", NOW), -2) == TokenCheck("valid", 0, 0)


def test_a_token_from_before_the_clock_was_set_back_counts_as_no_token() -> None:
    token = issue_token(NAMES, "blog", "post", NOW)
    assert shown(token, -60).verdict == "valid"
    assert shown(token, -61) == TokenCheck()


def test_comments_from_before_the_clock_was_set_back_ask_for_no_work() -> None:
    storage = open_memory(lambda: NOW)
    for n in range(61):
        storage.comments.accept(a_comment(content=f"{n}", received=NOW + timedelta(hours=1)), an_admission())
    site = a_site(proof_of_work="auto")
    assert ProofOfWork(storage.comments).required_bits(site, NOW) == 0
    assert ProofOfWork(storage.comments).required_bits(site, NOW + timedelta(hours=1)) == 16


def test_an_old_token_counts_as_no_token() -> None:
    token = issue_token(NAMES, "blog", "post", NOW)
    assert shown(token, MAX_AGE) == TokenCheck("valid", MAX_AGE, 0)
    assert shown(token, MAX_AGE + 1) == shown("") == TokenCheck()


def test_a_token_belongs_to_one_page_of_one_site() -> None:
    token = issue_token(NAMES, "blog", "post", NOW)
    assert shown(token, thread="other") == shown(token, site="other") == TokenCheck("invalid")
    assert read_token(Pseudonyms("x" * 40), "blog", "post", token, NOW) == TokenCheck("invalid")


@pytest.mark.parametrize("change", ["time", "bits", "seal", "case"])
def test_nothing_in_a_token_can_be_changed(change: str) -> None:
    at, work, seal = issue_token(NAMES, "blog", "post", NOW, 16).split(".")
    changed = {
        "time": f"{int(at, 16) - 9000:x}.{work}.{seal}",
        "bits": f"{at}.1.{seal}",
        "seal": f"{at}.{work}.{seal[::-1]}",
        "case": f"{at.upper()}.{work}.{seal}",
    }
    assert shown(changed[change]) == TokenCheck("invalid")


@pytest.mark.parametrize(
    "token", ["x", ".", "..", "1.0.", "9" * 5000, "١.0." + "a" * 22, "1.0." + "a" * 22 + "\n", "é"]
)
def test_a_malformed_token_is_invalid(token: str) -> None:
    assert shown(token) == TokenCheck("invalid")


def test_a_proof_is_for_one_token_and_one_text() -> None:
    token = issue_token(NAMES, "blog", "post", NOW, 10)
    number = solved(token, "Grüße\n", 10)
    assert is_proof(token, "Grüße\n", number, 10)
    assert not is_proof(token, "Grüße", number, 10)
    assert not is_proof(token + "x", "Grüße\n", number, 10)
    seed = sha256(f"{token}\nGrüße\n".encode()).hexdigest()[:32]
    assert int(sha256((seed + number).encode()).hexdigest(), 16) < 2**246


@pytest.mark.parametrize("number", ["", "-1", "1e3", " 1", "1" * 17, "١", "1\n", "x"])
def test_a_proof_is_a_short_decimal_number(number: str) -> None:
    assert not is_proof("token", "text", number, 1)


def test_zero_bits_accept_no_proof() -> None:
    assert [n for n in range(50) if is_proof("token", "text", str(n), 0)] == []


def test_a_proof_is_missing_only_where_one_is_required() -> None:
    token = issue_token(NAMES, "blog", "post", NOW, 8)
    number = solved(token, "text", 8)
    assert proof_verdict(shown(token), token, "text", number, required=True) == "valid"
    assert proof_verdict(shown(token), token, "text", number, required=False) == "valid"
    assert proof_verdict(shown(token), token, "text", "", required=True) == "missing"
    assert proof_verdict(shown(token), token, "text", "", required=False) == ""
    assert proof_verdict(TokenCheck("invalid"), token, "text", number, required=True) == "missing"


@pytest.mark.parametrize(("rate", "work"), [(0, 0), (60, 0), (61, 16), (240, 16), (241, 18), (961, 20), (10**6, 20)])
def test_more_comments_require_more_work(rate: int, work: int) -> None:
    assert work_bits(rate) == work


def test_only_a_flooded_site_with_the_setting_requires_work() -> None:
    storage = open_memory(lambda: NOW)
    clock = [0.0]
    proof_of_work = ProofOfWork(storage.comments, lambda: clock[0])
    auto = a_site(proof_of_work="auto")
    assert proof_of_work.required_bits(auto, NOW) == 0
    for n in range(61):
        storage.comments.accept(a_comment(received=NOW, origin=f"{n}"), an_admission())
    assert proof_of_work.required_bits(auto, NOW) == 0, "the rate is cached for a second"
    clock[0] = 1.0
    assert proof_of_work.required_bits(auto, NOW) == 16
    assert proof_of_work.required_bits(a_site(), NOW) == 0
    clock[0] = 2.0
    assert proof_of_work.required_bits(auto, NOW + timedelta(minutes=1)) == 0
