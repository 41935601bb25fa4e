"""An erasure works in bounded steps, keeps what others save in between, and its pages read a bounded number of keys."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event
from typing import Any

from comments.audit import AuditAction, AuditEntry
from comments.author_rules import SHARED_RULES, AuthorRule, RuleEffect, RuleTarget
from comments.data_subjects import Subject
from comments.erasure_requests import PREVIEW_STEPS, quick_preview, request_erasure
from comments.erasures import Erasure
from comments.lifecycle import Action
from comments.person import Person
from comments.personal_texts import PersonalTexts
from comments.pseudonyms import Pseudonyms
from comments.saved_views import SavedView
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys
from comments.storage.notes_and_bulks import BulkAction, Note
from comments.storage.redis import connect
from comments.storage.redis.subject_scan import KEYS_PER_STEP
from comments.subject_export import export_subject
from tests.support.builders import SECRET, a_site, accepted, settings
from workers.delivery.deps import DeliveryDeps
from workers.subject_erasure import erase_some

EMAIL = "zebulon@quagga.example"
IDENTITY = Pseudonyms(SECRET).author(EMAIL)
PERSON = Subject(identities=(IDENTITY,))
NOW = datetime.now(UTC).replace(microsecond=0)
ENTRY = AuditEntry("mo", AuditAction.VIEW_SHARE, "a view", site="blog")


def begun(storage: Storage, stage: Any) -> Erasure:
    """Return a request that has come to a stage."""
    wanted = request_erasure(storage, storage.sites.get("blog"), PERSON, "ow", NOW, email=EMAIL)
    after = replace(wanted, stage=stage)
    assert storage.subjects.save(storage.subjects.get("blog", wanted.id), after)
    return after


def in_between(save: Callable[[int], bool], erase: Callable[[], object], times: int = 60) -> int:
    """Let somebody save again and again while `erase` is repeated. Return the number of saves that succeeded."""
    is_over = Event()

    def save_all() -> int:
        try:
            return sum(save(n) for n in range(times))
        finally:
            is_over.set()

    with ThreadPoolExecutor(1) as pool:
        saved = pool.submit(save_all)
        while not is_over.is_set():
            erase()
        return saved.result()


def test_a_comment_that_arrives_during_an_erasure_is_erased(storage: Storage) -> None:
    storage.sites.put(a_site())
    erasure = begun(storage, "check")
    late = accepted(storage, email=EMAIL, identity=IDENTITY)
    d, steps = DeliveryDeps(settings(), storage, lambda: datetime.now(UTC)), 0
    while not storage.subjects.get("blog", erasure.id).is_done:
        erase_some(d, storage.sites.get("blog"))
        steps += 1
        assert steps < 500
    (stub,) = storage.comments.load("blog", [late.id])
    assert stub is None or not (stub.has_text or stub.identity)


def test_a_view_that_somebody_shares_during_an_erasure_is_kept(storage: Storage) -> None:
    storage.sites.put(a_site())
    erasure = begun(storage, "traces")

    def share(n: int) -> bool:
        before = storage.shared_views.all("blog")
        new = (SavedView("blog", f"View {n}", "q=bread"), SavedView("blog", f"Him {n}", f"q={EMAIL}"))
        return storage.shared_views.replace("blog", before, (*before, *new), ENTRY)

    n = in_between(share, lambda: storage.subjects.remove_author(erasure))
    storage.subjects.remove_author(erasure)
    left = storage.shared_views.all("blog")
    assert (len(left), {view.query for view in left}) == (n, {"q=bread"})


def test_a_view_that_a_moderator_saves_during_an_erasure_is_kept(storage: Storage) -> None:
    storage.sites.put(a_site())
    storage.people.put(Person("mo", {"blog": "moderator"}))
    erasure = begun(storage, "traces")

    def save(n: int) -> bool:
        before = storage.people.get("mo")
        new = (SavedView("blog", f"View {n}", "q=bread"), SavedView("blog", f"Him {n}", f"q={EMAIL}"))
        return storage.people.compare_and_set(before, replace(before, views=(*before.views, *new)))

    n = in_between(save, lambda: storage.subjects.remove_author(erasure))
    storage.subjects.remove_author(erasure)
    left = storage.people.get("mo").views
    assert (len(left), {view.query for view in left}) == (n, {"q=bread"})


def test_a_rule_that_somebody_changes_during_an_erasure_keeps_the_change(storage: Storage) -> None:
    storage.sites.put(a_site())
    erasure = begun(storage, "traces")
    entry = AuditEntry("mo", AuditAction.RULE_SET, "domain:shop.example", site="blog")
    hold = AuthorRule(RuleTarget.DOMAIN, "shop.example", RuleEffect.HOLD, "mo", NOW, note=f"of {EMAIL}")

    def change(n: int) -> bool:
        effect = (RuleEffect.HOLD, RuleEffect.BAN)[n % 2]
        storage.author_rules.put("blog", replace(hold, effect=effect), entry)
        (rule,) = storage.author_rules.all("blog")
        return rule.effect is effect

    assert in_between(change, lambda: storage.subjects.remove_author(erasure)) == 60
    storage.subjects.remove_author(erasure)
    (rule,) = storage.author_rules.all("blog")
    assert rule.note == "of (erased)"


def test_a_bulk_action_that_expires_during_an_erasure_does_not_return(
    storage: Storage, valkey_settings: Settings
) -> None:
    storage.sites.put(a_site())
    client, key = connect(valkey_settings), Keys("rg").bulk("blog", "b1")
    storage.bulks.create("blog", BulkAction("b1", Action.SPAM, "mo", NOW, f"by {EMAIL}"), [("x", 1)])
    storage.subjects.scan_keys(begun(storage, "keys"))
    assert storage.bulks.get("blog", "b1").about == "by (erased)"
    assert client.ttl(key) > 0


def test_each_step_reads_a_bounded_number_of_keys(storage: Storage, valkey_settings: Settings) -> None:
    storage.sites.put(a_site())
    client, n = connect(valkey_settings), 3 * KEYS_PER_STEP
    client.mset({f"rg:{{blog}}:comment:other{n}": b"{}\n{}" for n in range(n)})
    for id in ("one", "two"):
        storage.notes.add("blog", id, Note("mo", NOW, f"{EMAIL} wrote to us"))
    begun(storage, "keys")
    steps = 0
    while storage.subjects.erasures("blog")[0].stage == "keys":
        client.config_resetstat()
        assert erase_some(DeliveryDeps(settings(), storage, lambda: NOW), storage.sites.get("blog"))
        assert client.info("commandstats")["cmdstat_scan"]["calls"] == 1
        steps += 1
    assert steps >= n / KEYS_PER_STEP / 2
    assert [note.text for note in storage.notes.of("blog", ["one"])[0]] == ["(erased) wrote to us"]
    assert storage.subjects.erasures("blog")[0].counts["addresses_in_notes"] == 2


def test_the_preview_of_a_page_reads_a_bounded_number_of_keys_and_says_so(
    storage: Storage, valkey_settings: Settings
) -> None:
    storage.sites.put(a_site())
    accepted(storage, author="Zebulon", email=EMAIL, identity=IDENTITY, browser="a-browser")
    storage.notes.add("blog", "other", Note("mo", NOW, "ask Zebulon"))
    client, site = connect(valkey_settings), storage.sites.get("blog")
    found = quick_preview(storage, site, replace(PERSON, linked=True), EMAIL)
    assert ([c.author for c in found.first], found.team.is_complete) == (["Zebulon"], True)
    assert [mention.text for mention in found.team.mentions] == ["ask Zebulon"]
    n = 3 * KEYS_PER_STEP
    client.mset({f"rg:{{blog}}:comment:other{n}": b"{}\n{}" for n in range(n)})
    client.config_resetstat()
    assert not storage.subjects.team_texts(
        "blog", PERSON, texts := PersonalTexts().with_address(EMAIL), most_steps=2
    ).is_complete
    assert client.info("commandstats")["cmdstat_scan"]["calls"] == 2
    assert storage.subjects.team_texts("blog", PERSON, texts, PREVIEW_STEPS).is_complete


def test_an_export_for_owners_has_no_reasons_of_operators(storage: Storage) -> None:
    storage.sites.put(a_site())
    accepted(storage, email=EMAIL, identity=IDENTITY)
    for owner, note in (("blog", "he sells quaggas"), (SHARED_RULES, "sued another site")):
        rule = AuthorRule(
            RuleTarget.AUTHOR, IDENTITY, RuleEffect.BAN, "mo" if owner == "blog" else "root", NOW, note=note
        )
        storage.author_rules.put(owner, rule, replace(ENTRY, site="" if owner == SHARED_RULES else owner))
    site = storage.sites.get("blog")
    text = json.dumps(export_subject(storage, site, PERSON, NOW))
    assert "he sells quaggas" in text
    assert '"all_sites": true' in text
    assert "sued another site" not in text
    assert "root" not in text
    assert "sued another site" in json.dumps(export_subject(storage, site, PERSON, NOW, for_operator=True))
