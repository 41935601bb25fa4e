"""A machine that does to comments whatever can happen to them, and knows who may see what.

The catalogue of paths is the app's own map: a new public route is held to this as soon as it exists. Two web processes
with their own memories read one storage; every ETag they ever gave is sent again.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from flask.testing import FlaskClient
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from werkzeug.test import TestResponse

from comments.drafts import edit_change, is_editable, withdrawn
from comments.errors import Invalid
from comments.lifecycle import Action, Role, Status, actions_for
from comments.model import Comment
from comments.reports import held_for_reports
from comments.storage.codec import draft_id
from comments.storage.interfaces import Storage
from comments.storage.values import CommentChange
from tests.support.builders import NOW, a_decision, a_site, accepted, an_admission
from tests.support.web import HTML, Web, open_web

SITE = "demo"
THREADS = ("http://127.0.0.1:8000/demo/", "a second page")

#: Blueprints behind a sign-in, or without comments; everything else that answers GET is public and reads.
NOT_PUBLIC = frozenset({"sign_in", "review", "review_api", "ops", "docs_pages", "static"})
FILLED: dict[str, Callable[[str], str]] = {
    "site": lambda thread: SITE,
    "thread": lambda thread: quote(thread, safe=""),
}
PARAMETER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
REMOVED = re.compile(r"event: removed\ndata: [^\n]*")

#: ETags that are sent again for each address, the latest.
OLD_ETAGS = 2
SHOWN_WHOLE = ("comments", "comments.html", "feed.atom")


@dataclass
class Kept:
    """A comment, the draft beside it, and what of them would give them away."""

    comment: Comment
    number: int
    draft: Comment | None = None
    said: set[str] = field(default_factory=set)  # also what is replaced, waits or was refused

    @property
    def words(self) -> tuple[str, str]:
        return self.comment.content, self.comment.author


def private(number: int) -> dict[str, str]:
    names = ("email", "origin", "identity", "user_agent", "referrer", "trap")
    return {name: f"private-{name}-{number}@secret.example" for name in names}


class Reading(RuleBasedStateMachine):
    """The model is the comments themselves; who sees what is said here once more, as simply as can be."""

    storage: Storage
    understood: ClassVar[dict[tuple[str, ...], bool]] = {}

    @initialize()
    def begin(self) -> None:
        self.webs = [self.open_web(self.storage) for _ in range(2)]
        self.clients = [web.client for web in self.webs]
        self.kept: dict[str, Kept] = {}
        self.given: dict[str, dict[str, bytes]] = {}  # address -> ETag -> what came with it
        self.heard: dict[str, tuple[int, set[str]]] = {thread: (0, set()) for thread in THREADS}
        self.checks = 0

    def open_web(self, storage: Storage) -> Web:
        return open_web(storage, a_site(id=SITE, per_minute=0, max_pending=10**6), demo=True)

    # What happens

    @rule(data=st.data(), thread=st.sampled_from(THREADS))
    def comment(self, data: st.DataObject, thread: str) -> None:
        self.submit(thread, self.parent(data, thread))

    def parent(self, data: st.DataObject, thread: str) -> str:
        """Somebody answers what they see, or saw before."""
        there = [id for id, kept in self.kept.items() if kept.comment.thread == thread]
        return data.draw(st.sampled_from(["", *there[-4:]]), "parent")

    def submit(self, thread: str, parent: str = "") -> Kept | None:
        number = len(self.kept)
        changes = {"parent": parent, "content": f"content-{number}-end", "author": f"author-{number}-end"}
        try:
            made = accepted(self.storage, site=SITE, thread=thread, **changes, **private(number))
        except Invalid:
            assert not self.is_seen(parent)
            return None
        self.kept[made.id] = Kept(made, number, said={made.content})
        return self.kept[made.id]

    @rule(data=st.data(), thread=st.sampled_from(THREADS))
    def publish(self, data: st.DataObject, thread: str) -> None:
        """Most comments are fine, and most conversations grow."""
        self.published(thread, self.parent(data, thread))

    def published(self, thread: str, parent: str = "") -> Kept | None:
        if kept := self.submit(thread, parent):
            self.change(kept, kept.comment, kept.comment.with_decision(a_decision(Action.APPROVE)))
        return kept

    @rule(data=st.data(), action=st.sampled_from([Action.APPROVE, Action.HOLD, Action.SPAM]))
    def judge(self, data: st.DataObject, action: Action) -> None:
        kept, waits = self.draw(data, lambda c: c.status is Status.QUEUED)
        self.change(kept, waits, waits.with_decision(a_decision(action)))

    @rule(data=st.data())
    def moderate(self, data: st.DataObject) -> None:
        kept, stands = self.draw(data, lambda c: bool(actions_for(Role.MODERATOR, c.status)))
        action = data.draw(st.sampled_from(actions_for(Role.MODERATOR, stands.status)), "action")
        self.change(kept, stands, stands.with_decision(a_decision(action, Role.MODERATOR, "mo")))

    @rule(data=st.data())
    def report(self, data: st.DataObject) -> None:
        kept, stands = self.draw(data, lambda c: c.status is Status.APPROVED)
        self.change(kept, stands, held_for_reports(stands, {"spam": 3}, NOW))

    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        kept, stands = self.draw(data, lambda c: c.can_undo)
        self.change(kept, stands, stands.with_undo("mo", NOW))

    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        kept, _ = self.draw(data, lambda c: not c.draft_of and is_editable(c, self.kept[c.id].draft))
        self.rewrite(kept)

    def rewrite(self, kept: Kept) -> None:
        content = f"content-{kept.number}-{len(kept.said)}-end"
        before, after = edit_change(kept.comment, kept.draft, content, NOW)
        kept.said.add(content)
        if before:
            self.change(kept, before, after)
            return
        try:
            self.storage.comments.accept(after, an_admission())
        except Invalid:
            assert not self.is_seen(kept.comment.parent)
        else:
            kept.draft = after

    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        kept, stands = self.draw(data, lambda c: Action.WITHDRAW in actions_for(Role.AUTHOR, c.status))
        self.change(kept, stands, withdrawn(stands, NOW))

    def draw(self, data: st.DataObject, fits: Callable[[Comment], bool]) -> tuple[Kept, Comment]:
        """A comment, or a draft of one, that fits."""
        found = [(kept, c) for kept in self.kept.values() for c in (kept.comment, kept.draft) if c and fits(c)]
        assume(found)
        return data.draw(st.sampled_from(found), "comment")

    def change(self, kept: Kept, before: Comment, after: Comment) -> None:
        assert self.storage.comments.decide(SITE, [CommentChange(before, after)]) == [True]
        kept.comment = self.storage.comments.get(SITE, kept.comment.id)
        (kept.draft,) = self.storage.comments.load(SITE, [draft_id(kept.comment.id)])

    # Who sees what

    def is_seen(self, id: str) -> bool:
        comment = self.kept[id].comment if id in self.kept else None
        return bool(
            comment and comment.status is Status.APPROVED and (not comment.parent or self.is_seen(comment.parent))
        )

    def seen(self, thread: str) -> set[str]:
        return {id for id, kept in self.kept.items() if kept.comment.thread == thread and self.is_seen(id)}

    def subtree(self, id: str) -> set[str]:
        return {id}.union(*(self.subtree(k) for k, kept in self.kept.items() if kept.comment.parent == id))

    # What must hold

    @invariant()
    def nothing_hidden_is_shown(self) -> None:
        self.checks += 1
        web, client = self.webs[self.checks % 2], self.clients[self.checks % 2]
        thread = THREADS[self.checks // 2 % 2]
        for address in self.addresses(web, thread):
            answer = client.get(address, headers=HTML if "/demo/" in address else {})
            assert answer.status_code < 500, address
            self.hold(address, answer)
            if "ETag" in answer.headers:
                self.hold_caches(client, address, answer)

    def addresses(self, web: Web, thread: str) -> Iterator[str]:
        """Every public path there is, with the questions that it understands."""
        for found in web.app.url_map.iter_rules():
            if "GET" in (found.methods or ()) and found.endpoint.partition(".")[0] not in NOT_PUBLIC:
                yield from self.spelled(web, found.rule, thread)

    def spelled(self, web: Web, path: str, thread: str) -> Iterator[str]:
        names = set(PARAMETER.findall(path))
        filled = PARAMETER.sub(lambda m: FILLED[m[1]](thread) if m[1] in FILLED else m[0], path)
        if names - set(FILLED):
            for id in list(self.kept)[-2:]:  # their authors ask
                yield f"{PARAMETER.sub(id, filled)}?receipt={web.pseudonyms.receipt(SITE, id)}"
            return
        for question in ({}, {"order": "newest", "limit": 100}, {"after": 0}):
            for which in ({},) if "thread" in names else ({}, {"thread": thread}):
                if self.is_understood(web, path, question | which):
                    yield f"{filled}?{urlencode(question | which)}"

    def is_understood(self, web: Web, path: str, question: dict[str, Any]) -> bool:
        """Asked once: what a path makes of a question does not depend on comments."""
        key = (path, *question)
        if key not in self.understood:
            filled = PARAMETER.sub(lambda m: FILLED[m[1]](THREADS[0]), path)
            self.understood[key] = web.client.get(filled, query_string=question).status_code != 422
        return self.understood[key]

    def hold(self, address: str, answer: TestResponse) -> None:
        told = REMOVED.sub("", answer.text) + str(answer.headers)
        assert "secret.example" not in told, address
        for id, kept in self.kept.items():
            if id in address:  # its author asks
                continue
            hidden = kept.said - ({kept.comment.content} if self.is_seen(id) else set())
            assert not [words for words in hidden if words in told], (address, kept.comment.status)
            assert draft_id(id) not in told, address
            if not self.is_seen(id):
                assert kept.comment.author not in told, (address, kept.comment.status)
                assert id not in told, (address, kept.comment.status)

    def hold_caches(self, client: FlaskClient, address: str, fresh: TestResponse) -> None:
        """An ETag that was given out is confirmed only while what came with it is still the answer."""
        given = self.given.setdefault(address, {})
        current = fresh.headers["ETag"]
        assert given.get(current, fresh.data) == fresh.data, address
        given[current] = fresh.data
        for etag in list(given)[-OLD_ETAGS:]:
            status = client.get(address, headers={"If-None-Match": etag}).status_code
            assert status == (304 if etag == current else 200), address

    @invariant()
    def everything_published_is_shown(self) -> None:
        client = self.clients[self.checks % 2]
        for thread in THREADS:
            seen, of_thread = self.seen(thread), f"/v1/sites/{SITE}/threads/{quote(thread, safe='')}"
            told = client.get(f"{of_thread}/comments").json
            assert {c["id"] for c in told["comments"]} == seen
            counts = client.get(f"/v1/sites/{SITE}/counts", query_string={"thread": thread}).json["counts"]
            assert told["total"] == counts[thread] == len(seen)
            pages = [client.get(f"{of_thread}/{name}").text for name in SHOWN_WHOLE]
            pages.append(client.get(f"/v1/sites/{SITE}/feed.atom").text)
            for id in seen:
                assert all(word in page for word in self.kept[id].words for page in pages)

    @invariant()
    def followers_know_as_much(self) -> None:
        """Whoever applies every notice to what they knew knows what is published now."""
        for thread, (version, known) in self.heard.items():
            address = f"/v1/sites/{SITE}/events?{urlencode({'thread': thread, 'after': version})}"
            told = self.clients[self.checks % 2].get(address).text
            assert "event: reset" not in told
            for id in self.named("removed", told):
                known -= self.subtree(id)
            for id in self.named("published", told):
                assert self.is_seen(id)
                known |= {below for below in self.subtree(id) if self.is_seen(below)}
            assert known == self.seen(thread)
            (latest,) = re.findall(r"^id: (\d+)$", told, re.MULTILINE)
            self.heard[thread] = (int(latest), known)

    def named(self, event: str, told: str) -> list[str]:
        found = re.findall(rf"event: {event}\ndata: ([^\n]*)", told)
        return re.findall(r"[a-z2-7]{26}", "".join(found))
