"""A state machine that applies all possible changes to comments and checks what readers can see.

It requests every public route of the app, so a new route is covered as soon as it exists. Those behind a sign-in are
tested with each role in `test_every_address`. Two web processes with separate caches read one storage. Earlier ETags
are sent again.
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
from comments.report_rules import held_for_reports
from comments.storage.codec import draft_id
from comments.storage.interfaces import Storage
from comments.storage.values import CommentChange
from comments.thread_addresses import thread_key
from tests.support.addresses import is_open
from tests.support.builders import NOW, a_decision, a_site, accepted, an_admission
from tests.support.public_app import HTML, PublicApp, open_public_app

SITE = "demo"
THREADS = (thread_key("http://127.0.0.1:8000/demo/", a_site()), "a second page")

#: Open blueprints that need a key or show no comments.
WITHOUT_COMMENTS = frozenset({"sign_in", "ops", "docs_pages", "static", "akismet_api", "perspective_discovery"})
FILLED: dict[str, Callable[[str], str]] = {
    "site": lambda thread: SITE,
    "thread": lambda thread: quote(thread, safe=""),
}
PARAMETER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
REMOVED = re.compile(r"event: removed\ndata: [^\n]*")

#: Number of earlier ETags to send again for each address.
OLD_ETAGS = 2
SHOWN_WHOLE = ("comments", "comments.html", "feed.atom")


@dataclass
class Kept:
    """A comment, its draft, and all texts they ever had."""

    comment: Comment
    number: int
    draft: Comment | None = None
    texts: set[str] = field(default_factory=set)  # including replaced, pending and refused ones

    @property
    def words(self) -> tuple[str, str]:
        return self.comment.content, self.comment.author


def private(number: int) -> dict[str, str]:
    names = ("email", "origin", "identity", "user_agent", "referrer", "trap")
    return {name: f"private-{name}-{number}@secret.example" for name in names}


class ReadingModel(RuleBasedStateMachine):
    """Keeps the comments as its model, and repeats the visibility rules in their simplest form."""

    storage: Storage
    understood: ClassVar[dict[tuple[str, ...], bool]] = {}

    @initialize()
    def begin(self) -> None:
        self.webs = [self.open_public_app(self.storage) for _ in range(2)]
        self.clients = [web.client for web in self.webs]
        self.kept: dict[str, Kept] = {}
        self.given: dict[str, dict[str, bytes]] = {}  # address -> ETag -> the body sent with it
        self.followed: dict[str, tuple[int, set[str]]] = {thread: (0, set()) for thread in THREADS}
        self.checks = 0

    def open_public_app(self, storage: Storage) -> PublicApp:
        return open_public_app(storage, a_site(id=SITE, per_minute=0, max_pending=10**6), demo=True)

    # Changes

    @rule(data=st.data(), thread=st.sampled_from(THREADS))
    def comment(self, data: st.DataObject, thread: str) -> None:
        self.submit(thread, self.parent(data, thread))

    def parent(self, data: st.DataObject, thread: str) -> str:
        """Draw a parent: none, or one of the latest comments of the thread, visible or not."""
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
        self.kept[made.id] = Kept(made, number, texts={made.content})
        return self.kept[made.id]

    @rule(data=st.data(), thread=st.sampled_from(THREADS))
    def publish(self, data: st.DataObject, thread: str) -> None:
        """Publish a comment directly. Without this rule, threads would stay too small."""
        self.published(thread, self.parent(data, thread))

    def published(self, thread: str, parent: str = "") -> Kept | None:
        if kept := self.submit(thread, parent):
            self.change(kept, kept.comment, kept.comment.with_decision(a_decision(Action.APPROVE)))
        return kept

    @rule(data=st.data(), action=st.sampled_from([Action.APPROVE, Action.HOLD, Action.SPAM]))
    def judge(self, data: st.DataObject, action: Action) -> None:
        kept, waits = self.draw(data, lambda c: c.status is Status.QUEUED)
        self.change(kept, waits, waits.with_decision(a_decision(action)))

    @rule(data=st.data(), hide=st.booleans())
    def moderate(self, data: st.DataObject, hide: bool) -> None:
        kept, stands = self.draw(data, lambda c: bool(actions_for(Role.MODERATOR, c.status)))
        action = data.draw(st.sampled_from(actions_for(Role.MODERATOR, stands.status)), "action")
        self.take_down(kept, stands, stands.with_decision(a_decision(action, Role.MODERATOR, "mo")), hide)

    @rule(data=st.data(), hide=st.booleans())
    def report(self, data: st.DataObject, hide: bool) -> None:
        kept, stands = self.draw(data, lambda c: c.status is Status.APPROVED)
        self.take_down(kept, stands, held_for_reports(stands, {"spam": 3}, NOW), hide)

    def take_down(self, kept: Kept, before: Comment, after: Comment, hide: bool) -> None:
        """Apply a decision. If it takes a comment down, hide the replies to it too, or leave a stub."""
        taken_down = before.status is Status.APPROVED is not after.status
        self.change(kept, before, after.with_hidden_replies() if taken_down and hide else after)

    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        kept, stands = self.draw(data, lambda c: c.can_undo)
        self.change(kept, stands, stands.with_undo("mo", NOW))

    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        kept, _ = self.draw(data, lambda c: not c.draft_of and is_editable(c, self.kept[c.id].draft))
        self.rewrite(kept)

    def rewrite(self, kept: Kept) -> None:
        content = f"content-{kept.number}-{len(kept.texts)}-end"
        before, after = edit_change(kept.comment, kept.draft, content, NOW)
        kept.texts.add(content)
        if before:
            self.change(kept, before, after)
            return
        try:
            self.storage.comments.accept(after, an_admission())
        except Invalid:
            assert not self.is_seen(kept.comment.parent)
        else:
            kept.draft = after

    @rule(data=st.data(), hide=st.booleans())
    def withdraw(self, data: st.DataObject, hide: bool) -> None:
        kept, stands = self.draw(data, lambda c: Action.WITHDRAW in actions_for(Role.AUTHOR, c.status))
        self.take_down(kept, stands, withdrawn(stands, NOW), hide)

    def draw(self, data: st.DataObject, fits: Callable[[Comment], bool]) -> tuple[Kept, Comment]:
        """Draw a comment or draft for which `fits` is true."""
        found = [(kept, c) for kept in self.kept.values() for c in (kept.comment, kept.draft) if c and fits(c)]
        assume(found)
        return data.draw(st.sampled_from(found), "comment")

    def change(self, kept: Kept, before: Comment, after: Comment) -> None:
        assert self.storage.comments.decide(SITE, [CommentChange(before, after)]) == [True]
        kept.comment = self.storage.comments.get(SITE, kept.comment.id)
        (kept.draft,) = self.storage.comments.load(SITE, [draft_id(kept.comment.id)])

    # Visibility

    def is_seen(self, id: str) -> bool:
        comment = self.kept[id].comment if id in self.kept else None
        return bool(comment and comment.status is Status.APPROVED and not self.is_below_hidden(comment))

    def is_below_hidden(self, comment: Comment) -> bool:
        above = self.kept.get(comment.parent)
        return bool(above and (above.comment.hides_replies or self.is_below_hidden(above.comment)))

    def is_stub(self, id: str) -> bool:
        comment = self.kept[id].comment
        taken_down = comment.status is not Status.APPROVED and not comment.hides_replies
        return taken_down and any(map(self.is_seen, self.subtree(id)))

    def seen(self, thread: str) -> set[str]:
        return {id for id, kept in self.kept.items() if kept.comment.thread == thread and self.is_seen(id)}

    def subtree(self, id: str) -> set[str]:
        return {id}.union(*(self.subtree(k) for k, kept in self.kept.items() if kept.comment.parent == id))

    # Invariants

    @invariant()
    def hidden_text_is_never_shown(self) -> None:
        self.checks += 1
        web, client = self.webs[self.checks % 2], self.clients[self.checks % 2]
        thread = THREADS[self.checks // 2 % 2]
        for address in self.addresses(web, thread):
            answer = client.get(address, headers=HTML if "/demo/" in address else {})
            assert answer.status_code < 500, address
            self.check_hidden(address, answer)
            if "ETag" in answer.headers:
                self.check_etags(client, address, answer)

    def addresses(self, web: PublicApp, thread: str) -> Iterator[str]:
        """Yield every public path with each query that it accepts."""
        for found in web.app.url_map.iter_rules():
            shows_comments = is_open(found.rule) and found.endpoint.partition(".")[0] not in WITHOUT_COMMENTS
            if "GET" in (found.methods or ()) and shows_comments:
                yield from self.addresses_of(web, found.rule, thread)

    def addresses_of(self, web: PublicApp, path: str, thread: str) -> Iterator[str]:
        names = set(PARAMETER.findall(path))
        filled = PARAMETER.sub(lambda m: FILLED[m[1]](thread) if m[1] in FILLED else m[0], path)
        if names - set(FILLED):
            for id in list(self.kept)[-2:]:  # requested by their authors
                yield f"{PARAMETER.sub(id, filled)}?receipt={web.pseudonyms.receipt(SITE, id)}"
            return
        for query in ({}, {"order": "newest", "limit": 100}, {"after": 0}):
            for which in ({},) if "thread" in names else ({}, {"thread": thread}):
                if self.is_understood(web, path, query | which):
                    yield f"{filled}?{urlencode(query | which)}"

    def is_understood(self, web: PublicApp, path: str, query: dict[str, Any]) -> bool:
        """Return whether a path accepts a query. Cached, because it does not depend on the comments."""
        key = (path, *query)
        if key not in self.understood:
            filled = PARAMETER.sub(lambda m: FILLED[m[1]](THREADS[0]), path)
            self.understood[key] = web.client.get(filled, query_string=query).status_code != 422
        return self.understood[key]

    def check_hidden(self, address: str, answer: TestResponse) -> None:
        text = REMOVED.sub("", answer.text) + str(answer.headers)
        assert "secret.example" not in text, address
        for id, kept in self.kept.items():
            if id in address:  # requested by its author
                continue
            hidden = kept.texts - ({kept.comment.content} if self.is_seen(id) else set())
            assert not [words for words in hidden if words in text], (address, kept.comment.status)
            assert draft_id(id) not in text, address
            if not self.is_seen(id):
                assert kept.comment.author not in text, (address, kept.comment.status)
            if not self.is_seen(id) and not self.is_stub(id):
                assert id not in text, (address, kept.comment.status)

    def check_etags(self, client: FlaskClient, address: str, fresh: TestResponse) -> None:
        """Check that an ETag gets a 304 only if its body is still current."""
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
            listed = client.get(f"{of_thread}/comments").json
            assert {c["id"] for c in listed["comments"] if not c["removed"]} == seen
            stubs = {id for id, kept in self.kept.items() if kept.comment.thread == thread and self.is_stub(id)}
            assert {c["id"] for c in listed["comments"] if c["removed"]} == stubs
            for c in listed["comments"]:
                assert c["replies"] == len(seen & self.subtree(c["id"]) - {c["id"]})
            counts = client.get(f"/v1/sites/{SITE}/counts", query_string={"thread": thread}).json["counts"]
            assert listed["total"] == counts[thread] == len(seen)
            pages = [client.get(f"{of_thread}/{name}").text for name in SHOWN_WHOLE]
            pages.append(client.get(f"/v1/sites/{SITE}/feed.atom").text)
            for id in seen:
                assert all(word in page for word in self.kept[id].words for page in pages)

    @invariant()
    def events_describe_the_published_comments(self) -> None:
        """Check that a client that applies all events knows exactly the published comments."""
        for thread, (version, known) in self.followed.items():
            address = f"/v1/sites/{SITE}/events?{urlencode({'thread': thread, 'after': version})}"
            text = self.clients[self.checks % 2].get(address).text
            assert "event: reset" not in text
            for id in self.named("removed", text):
                known -= self.subtree(id)
            for id in self.named("published", text):
                assert self.is_seen(id) or self.is_stub(id)
                known -= {id}
                known |= {below for below in self.subtree(id) if self.is_seen(below)}
            assert known == self.seen(thread)
            (latest,) = re.findall(r"^id: (\d+)$", text, re.MULTILINE)
            self.followed[thread] = (int(latest), known)

    def named(self, event: str, text: str) -> list[str]:
        found = re.findall(rf"event: {event}\ndata: ([^\n]*)", text)
        return re.findall(r"[a-z2-7]{26}", "".join(found))
