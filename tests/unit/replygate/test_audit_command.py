"""The command line writes to the audit log, and `replygate audit` prints it."""

import json
from collections.abc import Callable
from dataclasses import replace

from click.testing import Result

from comments.audit import CONSOLE, AuditAction
from comments.person import Person
from comments.pseudonyms import token_digest
from comments.storage.interfaces import Storage
from tests.support.builders import a_site

Run = Callable[..., Result]


def noted(storage: Storage, site: str = "blog") -> list[tuple[str, str, str, str]]:
    entries = list(storage.audit.all(site))
    assert {e.by for e in entries} <= {CONSOLE}
    return [(e.action, e.subject, e.before, e.after) for e in entries]


def test_every_change_to_a_site_or_an_account_is_logged(run: Run, storage: Storage):
    run("site", "add", "blog")
    run("site", "set", "blog", "max_links=3", "moderation=unsure")
    key = run("site", "key", "blog").stdout.split("_")[1]
    run("site", "key", "blog", "--revoke", key)
    run("moderator", "add", "mo", "--site", "blog", "--role", "owner", "--operator")
    run("export", "--site", "blog")
    assert noted(storage) == [
        (AuditAction.SITE_ADD, "blog", "", ""),
        (AuditAction.SITE_SET, "max_links", "4", "3"),
        (AuditAction.KEY_MAKE, key, "", ""),
        (AuditAction.KEY_REVOKE, key, "", ""),
        (AuditAction.PERSON_INVITE, "mo", "", "owner"),
        (AuditAction.EXPORT, "", "", ""),
    ]
    assert noted(storage, "") == [(AuditAction.PERSON_INVITE, "mo", "", "operator")]


def test_a_refused_command_is_not_logged(run: Run, storage: Storage):
    storage.sites.put(a_site())
    for words in (("site", "add", "blog"), ("site", "set", "blog", "max_links=x"), ("moderator", "link", "nobody")):
        assert run(*words).exit_code != 0
    assert noted(storage) == noted(storage, "") == []


def test_the_audit_log_is_printed_as_json_lines(run: Run, storage: Storage):
    run("site", "add", "blog")
    rows = [json.loads(line) for line in run("audit", "--site", "blog").stdout.splitlines()]
    assert [row["action"] for row in rows] == ["site.add", "export.audit"]
    assert {*rows[0]} == {"by", "action", "subject", "before", "after", "site", "origin", "id", "at", "via"}
    assert [json.loads(line)["action"] for line in run("audit").stdout.splitlines()] == ["export.audit"]
    assert "there is no site shop" in run("audit", "--site", "shop").stderr


def test_the_audit_log_is_printed_in_the_words_of_the_page(run: Run, storage: Storage):
    run("site", "add", "blog")
    run("site", "set", "blog", "max_links=3")
    lines = run("audit", "--site", "blog", "--text").stdout.splitlines()
    assert [line.partition(" UTC  ")[2] for line in lines] == [
        "The command line added the site “blog”",
        "The command line changed ‘Links’ from 4 to 3",
        "The command line exported the audit log",
    ]


def test_a_new_link_signs_an_account_in_again(run: Run, storage: Storage):
    storage.people.put(Person("mo", {"blog": "owner"}, totp_salt="salt", recovery_digests=("digest",)))
    link = run("moderator", "link", "mo").stdout.strip()
    assert link.startswith("https://replies.example/link/")
    assert storage.people.peek_link(token_digest(link.rpartition("/")[2])) == "mo"
    assert storage.people.get("mo").totp_salt == "salt"
    assert noted(storage, "") == [(AuditAction.LINK_MAKE, "mo", "", "")]


def test_a_link_can_turn_two_factor_authentication_off(run: Run, storage: Storage):
    person = Person("mo", {"blog": "owner"}, "hash", totp_salt="salt", last_totp_step=5, recovery_digests=("digest",))
    storage.people.put(person)
    assert run("moderator", "link", "mo", "--without-code").exit_code == 0
    assert storage.people.get("mo") == replace(person, totp_salt="", last_totp_step=0, recovery_digests=())
    assert [act for act, *_ in noted(storage, "")] == [AuditAction.CODES_OFF, AuditAction.LINK_MAKE]


def test_a_link_for_an_unknown_account_says_how_to_add_it(run: Run):
    result = run("moderator", "link", "nobody")
    assert result.exit_code == 1
    assert "replygate moderator add" in result.stderr
