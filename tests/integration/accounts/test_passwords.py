"""Passwords: how they are stored and changed, and the sessions that a change ends."""

import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from comments.errors import Busy
from comments.pseudonyms import token_digest
from service.accounts.invitations import sign_in_link
from service.accounts.passwords import hash_password, is_correct
from service.accounts.sign_in import PER_ACCOUNT
from tests.support.web_app import HASH, PASSWORD, csrf_of, sign_in


def test_an_unknown_name_takes_as_long_as_a_wrong_password():
    def seconds(kept: str) -> float:
        start = time.process_time()  # which a busy machine does not change much
        is_correct(kept, "not the password")
        return time.process_time() - start

    known, unknown = zip(*((seconds(HASH), seconds("")) for _ in range(15)), strict=True)
    # The same hash function with the same cost: without it an unknown name would take a thousandth.
    assert 0.5 < statistics.median(unknown) / statistics.median(known) < 2


def test_passwords_are_stored_as_argon2id():
    assert HASH.startswith("$argon2id$")
    assert hash_password(PASSWORD) != HASH


def choose_password(user, new="a new long password", again=None, **fields):
    return user.post_form("/account", password=new, again=new if again is None else again, **fields)


def test_a_first_password_is_chosen_after_signing_in_with_a_link(web_app):
    web_app.add_account("mo", password="", blog="moderator")
    web_app.storage.people.put_link(token_digest("once"), "mo", 60)
    client = web_app.anonymous()
    client.post("/link/once")
    assert "Choose a password" in client.get("/review").text
    fields = {"csrf": csrf_of(client), "password": "a new long password", "again": "a new long password"}
    assert client.post("/account", data=fields).status_code == 303
    assert sign_in(web_app.anonymous(), password="a new long password").status_code == 303


def test_changing_a_password_asks_for_the_current_one(web_app):
    user = web_app.signed_in("mo", blog="moderator")
    refused = choose_password(user, current="wrong")
    assert refused.status_code == 422
    assert "not your current password" in refused.text
    assert choose_password(user, current=PASSWORD).status_code == 303
    assert sign_in(web_app.anonymous()).status_code == 403
    assert sign_in(web_app.anonymous(), password="a new long password").status_code == 303


@pytest.mark.parametrize("new", ["", "eleven char", "x" * 201])
def test_a_password_has_twelve_to_two_hundred_characters(web_app, new):
    user = web_app.signed_in("mo", blog="moderator")
    assert choose_password(user, new, current=PASSWORD).status_code == 422
    assert sign_in(web_app.anonymous()).status_code == 303


def test_two_different_new_passwords_change_nothing(web_app):
    user = web_app.signed_in("mo", blog="moderator")
    assert choose_password(user, again="another long one", current=PASSWORD).status_code == 422
    assert sign_in(web_app.anonymous()).status_code == 303


def test_a_new_password_ends_all_other_sessions_and_renews_the_current_one(web_app):
    user = web_app.signed_in("mo", blog="moderator")
    other = web_app.anonymous()
    sign_in(other)
    before = user.client.get_cookie("replygate").value
    choose_password(user, current=PASSWORD)
    assert user.get("/account").status_code == 200
    assert user.client.get_cookie("replygate").value != before
    assert other.get("/account").status_code == 401


def test_guessing_the_current_password_is_limited_too(web_app):
    user = web_app.signed_in("mo", blog="moderator")
    answers = [choose_password(user, current="wrong").status_code for _ in range(PER_ACCOUNT + 1)]
    assert answers[-1] == 429


def test_a_new_password_ends_the_links_that_were_not_used(web_app):
    user = web_app.signed_in("mo", blog="moderator")
    links = [sign_in_link(web_app.storage, "http://localhost", name).rpartition("/")[2] for name in ("mo", "al")]
    choose_password(user, current=PASSWORD)
    assert web_app.anonymous().post(f"/link/{links[0]}").status_code == 404
    assert web_app.storage.people.peek_link(token_digest(links[1])) == "al", "links of others stay"


def test_ending_all_other_sessions_ends_the_links_too(web_app):
    user = web_app.signed_in("mo", blog="moderator")
    link = sign_in_link(web_app.storage, "http://localhost", "mo").rpartition("/")[2]
    user.post_form("/account/sessions")
    assert web_app.anonymous().post(f"/link/{link}").status_code == 404


def test_many_checks_at_once_are_refused_instead_of_taking_every_thread():
    stored = hash_password(PASSWORD)
    start = threading.Barrier(16)

    def check(n):
        start.wait()
        try:
            return is_correct(stored, PASSWORD)
        except Busy:
            return None

    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(check, range(16)))
    assert set(results) == {True, None}
    assert is_correct(stored, PASSWORD), "every place is free again"
