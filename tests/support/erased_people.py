"""A person to erase: traces of the person everywhere, and the erasure itself."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from comments import queue_ranking
from comments.audit import AuditAction, AuditEntry
from comments.author_rules import AuthorRule, RuleEffect, RuleTarget
from comments.check_lessons import with_lesson
from comments.data_subjects import Subject
from comments.erasure_requests import request_erasure
from comments.erasures import Erasure
from comments.lifecycle import Action, Label, Status
from comments.model import STAFF, Comment
from comments.person import Person
from comments.saved_views import SavedView
from comments.storage.check_records import CheckCallback
from comments.storage.checks import CheckAdmission, CheckRequest, named_check_id
from comments.storage.import_uploads import ImportPhase, ImportState
from comments.storage.interfaces import Storage
from comments.storage.notes_and_bulks import BulkAction, Note
from comments.storage.notices import NoticeItem
from tests.support.builders import a_comment, a_site, settings
from tests.support.random_history import BROWSER, EMAIL, IDENTITY, OTHER_IDENTITY, TRACES, History, act_on_own
from tests.support.recorded_jobs import RecordedJobs
from tests.support.wait import wait_until
from workers.deps import Deps
from workers.filters import BUILT_IN
from workers.jobs import learn
from workers.judging.policy import build_policy
from workers.subject_erasure import erase_some


def add_traces_elsewhere(storage: Storage, history: History) -> None:
    """A reply with a badge, a taught check, subscriptions, rules, saved views, bulk actions, and the audit."""
    now = datetime.now(UTC)
    own = {
        "author": "Zebulon Quagga",
        "email": EMAIL,
        "identity": IDENTITY,
        "content": "zymurgy at https://okapi.example/z",
    }
    history.store(a_comment(**own, id=history.id(), role=STAFF), history.own)
    taught(storage, a_comment(**own, id=named_check_id(history.id())))
    for who in (IDENTITY, OTHER_IDENTITY):
        storage.subscriptions.confirm("blog", who)
        storage.subscriptions.prove("blog", who, BROWSER)
        storage.subscriptions.reserve_request("blog", who + "", history.own[0])
    entry = AuditEntry("mo", AuditAction.RULE_SET, f"author:{IDENTITY}", site="blog")
    rule = AuthorRule(RuleTarget.AUTHOR, IDENTITY, RuleEffect.BAN, "mo", now, note="Zebulon sells quaggas")
    storage.author_rules.put("blog", rule, entry)
    shared = (SavedView("blog", "The Zebulon list", "q=xylophage&author=Zebulon+Quagga", "mo"),)
    audit = AuditEntry(
        "mo", AuditAction.VIEW_SHARE, "The Zebulon Quagga list", after="q=zebulon%40quagga.example", site="blog"
    )
    storage.shared_views.replace("blog", (), (*shared, SavedView("blog", "Bread", "q=bread", "mo")), audit)
    storage.people.put(Person("mo", {"blog": "moderator"}, views=(SavedView("", "him", f"email={EMAIL}"),)))
    bulk = BulkAction("b1", Action.SPAM, "mo", now, "everything by Zebulon Quagga", identity=IDENTITY)
    storage.bulks.create("blog", bulk, [(id, 1) for id in history.own])


def add_more_traces(storage: Storage, history: History) -> None:
    """Texts of the team in open work, checks of programs, edits that wait, presence, notices and repeated requests."""
    now, own = datetime.now(UTC), history.own[-1]
    storage.sites.put(replace(storage.sites.get("blog"), canned_replies=(f"Mail: write to {EMAIL} again",)))
    storage.bulks.create("blog", BulkAction("b2", Action.SPAM, "mo", now, f"q={EMAIL}", f"{EMAIL} again"), [(own, 1)])
    storage.notes.add("blog", history.comments[0], Note("robo", now, f"propose spam: {EMAIL}", Action.SPAM, 1))
    checked = a_comment(
        email=EMAIL, identity=IDENTITY, author="Zebulon Quagga", content="xylophage", user_agent="zymurgy"
    )
    for n, seconds in enumerate((60, 15 * 86_400)):
        request = CheckRequest(a_site(), f"akismet:k{n}", now, (checked,), counts=True)
        storage.checks.ask("blog", named_check_id(f"program {n}"), request, CheckAdmission(seconds, fingerprint=EMAIL))
    storage.check_records.put("blog", f"akismet {EMAIL} xylophage", named_check_id("program 0"), 900)
    storage.check_records.add_callback(
        "blog", named_check_id("program 0"), CheckCallback("https://cms.example", "k", now)
    )
    storage.presence.set("blog", "mo", own, 30)
    storage.notices.add("blog", "mo", [NoticeItem("review", own, 1)], now, now)
    state = ImportState("upload", "wxr", "ow", now, ImportPhase.READY, "export.xml", f"/{EMAIL},/b")
    storage.import_uploads.add_pieces("blog", state.id, iter([f"<comment>{EMAIL} xylophage</comment>".encode()]))
    storage.import_uploads.replace_rows("blog", state.id, iter([b"rows of zebulon"]))
    storage.import_uploads.replace("blog", None, state)


def taught(storage: Storage, comment: Comment) -> None:
    """Store the lesson from feedback that a checked comment is spam."""
    assert storage.checks.teach("blog", None, with_lesson(comment, Label.SPAM, "mo", datetime.now(UTC)))
    learn("blog", "")


def run_history(storage: Storage, seed: int, with_person: bool) -> History:
    storage.sites.put(a_site(details_days=0))
    history, hidden = History(storage, random.Random(seed), with_person), random.Random(-seed)
    for _ in range(40):
        if history.rng.random() < 0.4:
            history.add_own()
        else:
            history.add_other()
        if history.comments:
            history.decide(history.rng.choice(history.comments), history.rng.random())
        if history.own:
            history.decide(hidden.choice(history.own), hidden.random())
            act_on_own(history, hidden)
        if hidden.random() < 0.3:
            learn("blog", "")
    if with_person:
        add_traces_elsewhere(storage, history)
        add_more_traces(storage, history)
    learn("blog", "")
    index_some(storage, hidden.randint(0, 200))
    return history


def index_some(storage: Storage, steps: int) -> None:
    for _ in range(steps):
        if not queue_ranking.index_outdated(storage, "blog", {}, 5) and not storage.queue_index.continue_upkeep("blog"):
            return


def deps_after(storage: Storage, days: float = 0) -> Deps:
    moment = datetime.now(UTC) + timedelta(days=days)
    shared = settings(share_repute=True)
    return Deps(shared, storage, lambda: moment, RecordedJobs(), BUILT_IN, build_policy(BUILT_IN, {}))


def erase(deps: Deps, **more: Any) -> Erasure:
    site = deps.storage.sites.get("blog")
    wanted = request_erasure(deps.storage, site, Subject(identities=(IDENTITY,)), "ow", deps.now(), **more)
    wait_until(lambda: erase_some(deps, site) or deps.storage.subjects.get("blog", wanted.id).is_done)
    while not (found := deps.storage.subjects.get("blog", wanted.id)).is_done:
        erase_some(deps, site)
    return found


def others(history: History) -> dict[str, Comment]:
    return {id: history.get(id) for id in history.comments}


def all_of(storage: Storage) -> Iterator[Comment]:
    for status in Status:
        yield from storage.comments.by_status("blog", status, 1000).rows


def traces_in(text: str) -> list[str]:
    return [trace for trace in TRACES if trace.casefold() in text.casefold()]
