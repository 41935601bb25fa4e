"""An erasure removes a person's address from all texts of the team, and changes none that only has the name.

The promise: no byte of the address is left, and nothing about other people is changed. What may be left is the name in
a text that others wrote: a name of a view, a note, a reason, a word of a list. The receipt lists those by their ids.
"""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from comments.audit import AuditAction, AuditEntry, AuditQuery
from comments.author_rules import SHARED_RULES, AuthorRule, RuleEffect, RuleTarget
from comments.data_subjects import Subject
from comments.erasure_requests import preview_erasure, request_erasure
from comments.erasures import Erasure, receipt
from comments.lifecycle import Action
from comments.model import STAFF
from comments.person import Person
from comments.pseudonyms import Pseudonyms
from comments.saved_views import SavedView
from comments.setting_values import RemovalReason, Term
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys
from comments.storage.notes_and_bulks import BulkAction, Note
from comments.storage.redis import connect
from comments.storage.values import EvidenceQuery
from tests.support.builders import SECRET, a_comment, a_site, accepted, settings
from tests.support.dumped_store import keys_with
from workers.delivery.deps import DeliveryDeps
from workers.subject_erasure import erase_some

NAMES = Pseudonyms(SECRET)
EMAIL, OTHER_EMAIL = "zebulon@quagga.example", "other@quagga.example.org"
IDENTITY = NAMES.author(EMAIL)
PERSON = Subject(identities=(IDENTITY,))
NOW = datetime.now(UTC).replace(microsecond=0)
#: Names that a stranger may choose: of a status, an action, a role, a member of the team, a site, and short ones.
CHOSEN_NAMES = ("spam", "Approved", "moderator", "mo", "Olga Owner", "blog", "casino", "a", "Q", "status", "quagga")
Add = Callable[[Storage], None]


def view_audit(view: SavedView) -> AuditEntry:
    return AuditEntry("mo", AuditAction.VIEW_SHARE, view.name, after=view.query, site="blog")


def put_rule(storage: Storage, owner: str, target: RuleTarget, value: str, note: str) -> None:
    rule = AuthorRule(target, value, RuleEffect.BAN, "mo", NOW, note=note)
    entry = AuditEntry(
        "mo", AuditAction.RULE_SET, rule.name, after="banned", site="" if owner == SHARED_RULES else owner
    )
    storage.author_rules.put(owner, rule, entry)


def add_team_texts(storage: Storage, name: str) -> None:
    """Store texts that have the name, or words that a name can be, and are about something else."""
    storage.sites.put(a_site(hold_words=(Term("casino"), Term(f"{name} {OTHER_EMAIL}")), profanity_also=("darn",)))
    views = (
        SavedView("blog", "Spam queue", "status=spam&q=casino", "mo"),
        SavedView("blog", f"About {name}", f"status=approved&q={name}&by=mo", "mo"),
        SavedView("blog", "Another address", f"q={OTHER_EMAIL}", "mo"),
    )
    storage.shared_views.replace("blog", (), views, view_audit(views[1]))
    storage.people.put(Person("mo", {"blog": "moderator"}, views=(SavedView("blog", "Spam", "status=spam"),)))
    storage.people.put(Person("ow", {"blog": "owner"}, display_name="Olga Owner"))
    for action, before, after in (("approve", "spam", "approved"), ("spam", "approved", "spam")):
        storage.audit.append(AuditEntry("mo", action, "a-comment", before, after, "blog"))
    storage.audit.append(AuditEntry("ow", AuditAction.PERSON_ROLE, "mo", "viewer", "moderator", "blog"))
    for owner in ("blog", SHARED_RULES):
        put_rule(storage, owner, RuleTarget.DOMAIN, "shop.example", f"{name} linked to it")
        put_rule(storage, owner, RuleTarget.TERM, f"{name} casino", "a word")
    put_rule(storage, "blog", RuleTarget.AUTHOR, "another-identity", f"like {name}")
    storage.notes.add("blog", "a-comment", Note("mo", NOW, f"ask {name} or {OTHER_EMAIL}"))
    storage.bulks.create("blog", BulkAction("b1", Action.SPAM, "mo", NOW, f"12 comments with {name}"), [("x", 1)])
    accepted(storage, id="another-staff-reply", author=name, role=STAFF, email="", identity="")


def team_texts(storage: Storage) -> list[Any]:
    """Everything that the team wrote or did, without the entries of the erasure itself."""
    rows, own = storage.audit.page("blog", AuditQuery(), 99).rows, ("erasure", "comment.withdraw")
    entries = [entry for entry in rows if not entry.action.startswith(own)]
    return [
        storage.sites.get("blog"), storage.shared_views.all("blog"), storage.people.all(), entries,
        storage.author_rules.all("blog"), storage.author_rules.all(SHARED_RULES), storage.bulks.get("blog", "b1"),
        storage.notes.of("blog", ["a-comment"]), storage.comments.get("blog", "another-staff-reply"),
    ]  # fmt: skip


def add_view(storage: Storage, query: str) -> None:
    before = storage.shared_views.all("blog")
    view = SavedView("blog", f"View {len(before)}", query, "mo")
    storage.shared_views.replace("blog", before, (*before, view), view_audit(view))


def add_own_view(storage: Storage) -> None:
    mo = storage.people.get("mo")
    storage.people.put(replace(mo, views=(*mo.views, SavedView("", f"from {EMAIL}", "status=spam"))))


def add_word(storage: Storage) -> None:
    site = storage.sites.get("blog")
    entry = AuditEntry("ow", AuditAction.SITE_SET, "hold_words", "casino", f"casino, {EMAIL}, bread", "blog")
    storage.sites.put(replace(site, hold_words=(*site.hold_words, Term(EMAIL))), entry)


#: Each adds one text with the person's address, or with the keyed name of it.
ADDRESSES: dict[str, Add] = {
    "shared view": lambda s: add_view(s, f"q={EMAIL.replace('@', '%40')}"),
    "view of the identity": lambda s: add_view(s, f"identity={IDENTITY}"),
    "own view": add_own_view,
    "rule about the author": lambda s: put_rule(s, "blog", RuleTarget.AUTHOR, IDENTITY, f"{EMAIL} sells"),
    "rule of all sites about the author": lambda s: put_rule(s, SHARED_RULES, RuleTarget.AUTHOR, IDENTITY, EMAIL),
    "rule about a domain": lambda s: put_rule(s, "blog", RuleTarget.DOMAIN, "okapi.example", f"of {EMAIL}."),
    "rule of all sites about a domain": lambda s: put_rule(s, SHARED_RULES, RuleTarget.DOMAIN, "ok.example", EMAIL),
    "rule about the address": lambda s: put_rule(s, "blog", RuleTarget.TERM, EMAIL, "mail"),
    "expression": lambda s: put_rule(s, "blog", RuleTarget.EXPRESSION, EMAIL.replace(".", r"\."), "mail"),
    "word list": add_word,
    "canned reply": lambda s: s.sites.put(
        replace(s.sites.get("blog"), canned_replies=("Thanks: Thank you!", f"Mail: {EMAIL} knows more"))
    ),
    "reason of removals": lambda s: s.sites.put(
        replace(s.sites.get("blog"), reasons=(RemovalReason("again", f"{EMAIL} again", f"Ask {EMAIL.upper()}"),))
    ),
    "note": lambda s: s.notes.add("blog", "b-comment", Note("mo", NOW, f"{EMAIL.title()} wrote to us")),
    "bulk action": lambda s: s.bulks.create("blog", BulkAction("b2", Action.SPAM, "mo", NOW, f"by {EMAIL}"), []),
    "reason of a bulk action": lambda s: s.bulks.create("blog", BulkAction("b3", Action.SPAM, "", NOW, "", EMAIL), []),
}  # fmt: skip


def erase(storage: Storage) -> Erasure:
    """Erase the person as the page does, by the address."""
    d = DeliveryDeps(settings(), storage, lambda: datetime.now(UTC))
    site = storage.sites.get("blog")
    wanted = request_erasure(storage, site, PERSON, "ow", NOW, email=EMAIL)
    while not (found := storage.subjects.get("blog", wanted.id)).is_done:
        erase_some(d, site)
    return found


@pytest.mark.parametrize("name", CHOSEN_NAMES)
def test_the_name_of_an_erased_person_changes_nothing_about_others(storage: Storage, name: str) -> None:
    add_team_texts(storage, name)
    accepted(storage, author=name, email=EMAIL, identity=IDENTITY)
    before = team_texts(storage)
    erase(storage)
    assert team_texts(storage) == before


def test_a_copy_of_the_audit_log_that_an_interrupted_erasure_left_is_not_used(
    storage: Storage, valkey_settings: Settings
) -> None:
    add_team_texts(storage, "Quincy")
    before, client = team_texts(storage), connect(valkey_settings)
    add_view(storage, f"q={EMAIL}")
    accepted(storage, author="Quincy", email=EMAIL, identity=IDENTITY)
    client.xadd(Keys("rg").audit_copy("blog"), {"e": "left"}, id=f"{2**50}-0")
    erase(storage)
    entries = team_texts(storage)[3]
    assert [entry for entry in entries if entry in before[3]] == before[3]
    assert len(entries) == len(before[3]) + 2, "the view was shared, and the erasure deleted it"
    assert EMAIL not in str(entries)


@pytest.mark.parametrize("seed", range(12))
def test_no_address_is_left_in_texts_of_the_team_and_all_others_stay(
    storage: Storage, valkey_settings: Settings, seed: int
) -> None:
    """The person has any name, has comments with a text or none, and the team wrote any texts with the address."""
    rng, client = random.Random(seed), connect(valkey_settings)
    name = rng.choice(CHOSEN_NAMES)
    add_team_texts(storage, name)
    before = team_texts(storage)
    for add in rng.sample([*ADDRESSES.values()], rng.randint(3, len(ADDRESSES))):
        add(storage)
    if rng.random() < 0.5:
        accepted(storage, author=name, email=EMAIL, identity=IDENTITY)
    erasure = erase(storage)
    assert keys_with(client, EMAIL) == []
    after = team_texts(storage)
    assert [each for each in before[3] if each not in after[3]] == []
    assert [rule for rules in (4, 5) for rule in before[rules] if rule not in after[rules]] == []
    texts_of = {"canned_replies": before[0].canned_replies, "reasons": before[0].reasons}
    after[0] = replace(after[0], **texts_of)  # they have texts with the address, which the test above looks for
    assert (after[:3], after[6:]) == (before[:3], before[6:])
    assert EMAIL not in json.dumps(receipt(erasure, NAMES)).casefold()


@pytest.mark.parametrize("kind", ADDRESSES)
def test_an_address_without_comments_is_erased_from_every_text_of_the_team(
    storage: Storage, valkey_settings: Settings, kind: str
) -> None:
    storage.sites.put(a_site())
    storage.people.put(Person("mo", {"blog": "moderator"}))
    ADDRESSES[kind](storage)
    erase(storage)
    assert keys_with(connect(valkey_settings), EMAIL) == []


def test_rules_about_the_person_go_on_working_and_are_listed(storage: Storage) -> None:
    storage.sites.put(a_site())
    for owner in ("blog", SHARED_RULES):
        put_rule(storage, owner, RuleTarget.AUTHOR, IDENTITY, "Zebulon sells quaggas")
    erasure = erase(storage)
    assert erasure.kept_rules == (f"author:{IDENTITY}", f"author:{IDENTITY} for all sites")
    for owner in ("blog", SHARED_RULES):
        (rule,) = storage.author_rules.all(owner)
        assert (rule.effect, rule.note) == (RuleEffect.BAN, "")


@pytest.mark.parametrize("owner", ["blog", SHARED_RULES])
def test_a_process_that_keeps_the_rules_reads_them_again(storage: Storage, owner: str) -> None:
    storage.sites.put(a_site())
    put_rule(storage, owner, RuleTarget.TERM, "casino", f"{EMAIL} wrote it")

    def notes_of_judge() -> list[str]:
        return [rule.note for rule in storage.evidence.look_up("blog", [EvidenceQuery()])[0].text_rules]

    assert notes_of_judge() == [f"{EMAIL} wrote it"]
    erase(storage)
    (note,) = notes_of_judge()
    assert EMAIL not in note


def test_only_a_view_of_exactly_this_author_goes_by_the_name(storage: Storage) -> None:
    storage.sites.put(a_site())
    accepted(storage, author="Zebulon Quagga", email=EMAIL, identity=IDENTITY)
    for query in ("author=Zebulon+Quagga", "author=Zebulon", "q=Zebulon+Quagga", "by=Zebulon+Quagga"):
        add_view(storage, query)
    site = storage.sites.get("blog")
    assert [view.query for view in preview_erasure(storage, site, PERSON).team.views] == ["author=Zebulon+Quagga"]
    erase(storage)
    left = [view.query for view in storage.shared_views.all("blog")]
    assert left == ["author=Zebulon", "q=Zebulon+Quagga", "by=Zebulon+Quagga"]
    queries = [entry.after for entry in storage.audit.page("blog", AuditQuery(action=AuditAction.VIEW_SHARE), 9).rows]
    assert queries == [*reversed(left), "(erased)"]


def test_texts_with_the_name_are_listed_before_the_erasure_and_counted_in_the_receipt(storage: Storage) -> None:
    add_team_texts(storage, "Zebulon")
    accepted(storage, author="Zebulon", email=EMAIL, identity=IDENTITY)
    shown = preview_erasure(storage, storage.sites.get("blog"), PERSON).team
    assert shown.views == ()
    counts = {kind: sum(m.kind == kind for m in shown.mentions) for kind in {m.kind for m in shown.mentions}}
    assert counts == {"views": 1, "rules": 5, "notes": 1, "bulk_actions": 1, "words": 1}
    signed = receipt(erase(storage), NAMES)
    listed = signed["mentions_of_the_name"]
    assert {kind: found["count"] for kind, found in listed.items()} == {**counts, "audit_entries": 2}
    assert listed["notes"]["ids"] == ["a-comment"]
    assert "zebulon" not in json.dumps(signed).casefold()


def test_a_name_of_two_letters_is_not_looked_for(storage: Storage) -> None:
    add_team_texts(storage, "Al")
    accepted(storage, author="Al", email=EMAIL, identity=IDENTITY)
    assert preview_erasure(storage, storage.sites.get("blog"), PERSON).team.mentions == ()


def test_a_staff_name_of_others_stays_protected(storage: Storage, valkey_settings: Settings) -> None:
    storage.sites.put(a_site())
    accepted(storage, author="Olga Owner", role=STAFF, email="", identity="")
    accepted(storage, author="Olga Owner", email=EMAIL, identity=IDENTITY)
    erase(storage)
    assert connect(valkey_settings).smembers("rg:{blog}:staff:names")


def test_a_comment_of_others_is_not_touched(storage: Storage) -> None:
    storage.sites.put(a_site())
    other = a_comment(author="Zebulon", email=OTHER_EMAIL, identity="another", content=f"I know {EMAIL}")
    accepted(storage, id=other.id, author=other.author, email=other.email, identity="another", content=other.content)
    before = storage.comments.get("blog", other.id)
    erase(storage)
    assert storage.comments.get("blog", other.id) == before


def test_a_preview_has_no_texts_of_other_sites_and_of_the_operator(storage: Storage) -> None:
    storage.sites.put(a_site())
    views = (SavedView("", "private", f"author=Zebulon&q={EMAIL}"), SavedView("", "Zebulon again", "status=spam"))
    other = Person("other", {"shop": "moderator"}, views=views)
    storage.people.put(other)
    put_rule(storage, SHARED_RULES, RuleTarget.DOMAIN, "shop.example", "Zebulon linked to it")
    accepted(storage, author="Zebulon", email=EMAIL, identity=IDENTITY)
    shown = preview_erasure(storage, storage.sites.get("blog"), PERSON).team
    assert (shown.views, [(m.kind, m.text) for m in shown.mentions]) == ((), [("rules", "the operator can read it")])
    erase(storage)
    assert storage.people.get("other") == other
