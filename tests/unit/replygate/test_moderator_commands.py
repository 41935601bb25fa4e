"""`replygate moderator` adds, changes and removes accounts."""

from collections.abc import Callable

import pytest
from click.testing import Result

from comments.audit import CONSOLE, AuditAction
from comments.errors import NotFound
from comments.person import Person
from comments.pseudonyms import token_digest
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.values import Session
from tests.support.builders import NOW, a_site

Run = Callable[..., Result]


@pytest.fixture
def blog(storage: Storage) -> Site:
    storage.sites.put(a_site())
    storage.sites.put(a_site(id="shop"))
    return a_site()


def noted(storage: Storage, site: str) -> list[tuple[str, str, str, str]]:
    entries = list(storage.audit.all(site))
    assert {e.by for e in entries} <= {CONSOLE}
    return [(e.action, e.subject, e.before, e.after) for e in entries]


def signed_in(storage: Storage, name: str = "mo") -> None:
    for n in range(2):
        storage.people.open_session(f"session {n} of {name}", Session(name, "csrf", NOW), 60)


def test_a_new_moderator_gets_a_link_that_works_once(run: Run, storage: Storage, blog: Site):
    added = run("moderator", "add", "Mo", "--site", "blog")
    assert added.stderr.startswith("Send this link to ")
    link = added.stdout.strip()
    address, _, token = link.rpartition("/")
    assert address == "https://replies.example/link"
    assert storage.people.take_link(token_digest(token)) == "Mo"
    assert storage.people.get("Mo").roles == {"blog": "moderator"}


def test_adding_again_only_adds_roles(run: Run, storage: Storage, blog: Site):
    storage.sites.put(a_site(id="shop"))
    run("moderator", "add", "Mo", "--site", "blog", "--role", "owner", "--operator")
    run("moderator", "add", "Mo", "--site", "shop", "--role", "viewer")
    person = storage.people.get("Mo")
    assert person.roles == {"blog": "owner", "shop": "viewer"}
    assert person.operator


def test_a_moderator_of_an_unknown_site_is_not_added(run: Run, storage: Storage, blog: Site):
    assert run("moderator", "add", "Mo", "--site", "blug").exit_code == 1
    assert storage.people.all() == []


@pytest.mark.parametrize("words", [("--role", "king"), ("--site",)])
def test_invalid_arguments_end_with_2(run: Run, words: tuple[str, ...]):
    assert run("moderator", "add", "Mo", *words).exit_code == 2


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a" * 61, "\x1b[31m"])
def test_a_moderator_needs_a_printable_name(run: Run, storage: Storage, name: str):
    assert run("moderator", "add", name).exit_code == 2
    assert storage.people.all() == []


def test_moderators_are_listed_with_their_roles(run: Run, blog: Site):
    run("moderator", "add", "Mo", "--site", "blog", "--operator")
    assert run("moderator", "list").stdout.splitlines()[1].split() == [
        "Mo",
        "blog:",
        "moderator",
        "yes",
        "-",
        "-",
    ]


def test_a_key_of_a_person_is_shown_once_and_revoked(run: Run, storage: Storage, blog: Site):
    storage.people.put(Person("helper", {"blog": "assistant"}))
    key = run("moderator", "key", "helper").stdout.strip()
    (kept,) = storage.people.get("helper").api_keys
    assert key.startswith("rgp_")
    assert (kept.id in key, kept.digest) == (True, token_digest(key))
    assert kept.id in run("moderator", "list").stdout
    assert run("moderator", "key", "helper", "--revoke", "other").exit_code == 1
    assert run("moderator", "key", "helper", "--revoke", kept.id).exit_code == 0
    assert storage.people.get("helper").api_keys == ()
    assert noted(storage, "") == [
        (AuditAction.PERSON_KEY_MAKE, "helper", "", kept.id),
        (AuditAction.PERSON_KEY_REVOKE, "helper", kept.id, ""),
    ]


def test_a_role_changes_without_a_new_link(run: Run, storage: Storage, blog: Site):
    storage.people.put(Person("mo", {"blog": "viewer", "shop": "owner"}, "hash"))
    assert run("moderator", "set", "mo", "--site", "blog", "--role", "moderator").stdout == "Changed mo.\n"
    assert storage.people.get("mo") == Person("mo", {"blog": "moderator", "shop": "owner"}, "hash")
    assert noted(storage, "blog") == [(AuditAction.PERSON_ROLE, "mo", "viewer", "moderator")]
    assert run("moderator", "set", "mo", "--operator").exit_code == 0
    assert storage.people.get("mo").operator
    run("moderator", "set", "mo", "--no-operator")
    assert not storage.people.get("mo").operator
    assert noted(storage, "") == [
        (AuditAction.PERSON_ROLE, "mo", "", "operator"),
        (AuditAction.PERSON_ROLE, "mo", "operator", ""),
    ]


@pytest.mark.parametrize("words", [(), ("--site", "blog"), ("--role", "owner"), ("--site", "blog", "--role", "king")])
def test_a_change_needs_a_role_or_the_operator_option(run: Run, storage: Storage, blog: Site, words: tuple[str, ...]):
    storage.people.put(Person("mo"))
    assert run("moderator", "set", "mo", *words).exit_code == 2
    assert storage.people.get("mo") == Person("mo")


def test_a_moderator_is_removed_from_one_site(run: Run, storage: Storage, blog: Site):
    storage.people.put(Person("mo", {"blog": "moderator", "shop": "owner"}))
    signed_in(storage)
    assert run("moderator", "remove", "mo", "--site", "blog").stdout == "Removed mo from blog.\n"
    assert storage.people.get("mo").roles == {"shop": "owner"}
    assert len(storage.people.sessions("mo")) == 2
    assert (noted(storage, "blog"), noted(storage, "shop")) == (
        [(AuditAction.PERSON_REMOVE, "mo", "moderator", "")],
        [],
    )
    again = run("moderator", "remove", "mo", "--site", "blog")
    assert again.exit_code == 1
    assert "current roles: shop: owner" in again.stderr


def test_a_removed_moderator_is_signed_out_at_once(run: Run, storage: Storage, blog: Site):
    storage.people.put(Person("mo", {"blog": "moderator", "shop": "owner"}, operator=True))
    signed_in(storage)
    assert run("moderator", "remove", "mo").stdout == "Removed mo.\n"
    with pytest.raises(NotFound):
        storage.people.get("mo")
    assert storage.people.sessions("mo") == {}
    assert noted(storage, "blog") == [(AuditAction.PERSON_REMOVE, "mo", "moderator", "")]
    assert noted(storage, "") == [(AuditAction.PERSON_REMOVE, "mo", "", "")]


def test_sign_out_ends_every_session(run: Run, storage: Storage, blog: Site):
    storage.people.put(Person("mo", {"blog": "moderator"}))
    storage.people.put(Person("al", {"blog": "moderator"}))
    signed_in(storage)
    signed_in(storage, "al")
    storage.people.put_link("of mo", "mo", 60)
    storage.people.put_link("of al", "al", 60)
    assert run("moderator", "sign-out", "mo").stdout == "Ended 2 sessions of mo.\n"
    with pytest.raises(NotFound):
        storage.people.peek_link("of mo")
    assert storage.people.peek_link("of al") == "al"
    assert (len(storage.people.sessions("mo")), len(storage.people.sessions("al"))) == (0, 2)
    assert noted(storage, "") == [(AuditAction.SESSION_END, "mo", "", "all")]


@pytest.mark.parametrize("command", ["set", "remove", "sign-out", "link", "key"])
def test_an_unknown_account_is_answered_with_how_to_add_it(run: Run, command: str):
    result = run("moderator", command, "nobody", *(("--operator",) if command == "set" else ()))
    assert result.exit_code == 1
    assert "replygate moderator add" in result.stderr
