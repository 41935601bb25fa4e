"""Stored sites can be read by other versions."""

import json
from datetime import UTC, datetime

from comments.person import Person
from comments.setting_values import RemovalReason, Term
from comments.site import Site
from comments.storage.codec import dump, load

#: Written by version 0.1.0, with every setting different from its default.
STORED = (
    b'{"id":"blog","name":"A blog","created":1795348800000,"origins":["https://blog.example"],'
    b'"keys":[{"id":"k1","digest":"d1"}],"required":["content"],"moderation":"all","max_content":500,"max_links":1,'
    b'"close_after_days":30,"per_minute":5,"reports_hold":2,"edit_seconds":60,"max_pending":9,'
    b'"hold_words":[{"text":"free"},{"text":"casino","fields":["url"]}],"reject_words":[{"text":"pills"}],'
    b'"match_inside_words":true,"profanity":"mask","profanity_tier":"mild","profanity_also":["drat"],'
    b'"profanity_allow":["damn"],"toxicity":"clear","trap_field":"homepage","form_token":"expected",'
    b'"proof_of_work":"auto","hold_at":2.5,"spam_at":9.0,"refusals":"none","audit_share":0.5,"hide_emails":true,'
    b'"webhooks":[{"id":"w1","url":"https://hook.example/","created":1795348800000,"keys":["a"]}],'
    b'"reasons":[{"code":"tone","label":"Tone","told":"Too loud."}]}'
)


def test_a_site_of_the_version_before_reads_and_writes_the_same_record() -> None:
    site = load(Site, STORED)
    assert site.hold_words == (Term("free"), Term("casino", ("url",)))
    assert site.reasons == (RemovalReason("tone", "Tone", "Too loud."),)
    assert json.loads(dump(site)) == json.loads(STORED)


def test_defaults_are_not_stored() -> None:
    site = Site("blog", "A blog", datetime(2026, 11, 22, tzinfo=UTC), moderation="first", max_links=2)
    assert list(json.loads(dump(site))) == ["id", "name", "created"]


def test_a_stored_site_keeps_the_choice_that_was_the_default() -> None:
    """The default of `moderation` was `first`, so a record without it means that choice."""
    stored = b'{"id":"blog","name":"A blog","created":1795348800000}'
    site = load(Site, stored)
    assert site.moderation == "first"
    assert json.loads(dump(site)) == json.loads(stored)
    new = Site("blog", "A blog", site.created)
    assert (new.moderation, load(Site, dump(new))) == ("unsure", new)


def test_settings_of_a_later_version_are_ignored() -> None:
    later = {**json.loads(STORED), "colour": "red"}
    assert load(Site, json.dumps(later).encode()) == load(Site, STORED)


def test_a_person_of_the_version_before_reads_and_writes_the_same_bytes() -> None:
    stored = (
        b'{"name":"mo","roles":{"blog":"owner"},"password":"hash","codes":"salt","code_used":5,"recovery":["digest"]}'
    )
    person = load(Person, stored)
    assert person == Person("mo", {"blog": "owner"}, "hash", False, "salt", 5, ("digest",))
    assert dump(person) == stored
