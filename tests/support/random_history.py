"""A random history of a site, with comments of a person to erase and of others."""

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from comments.drafts import drafted, edited, withdrawn
from comments.lifecycle import Action, Role, Status, actions_for
from comments.model import Comment, Decision, Signal
from comments.pseudonyms import Pseudonyms
from comments.report_rules import ReaderReport
from comments.storage.checks import CheckRequest, named_check_id
from comments.storage.interfaces import Storage
from comments.storage.notes_and_bulks import Note
from comments.storage.values import CommentChange
from tests.support.builders import SECRET, a_comment, a_decision, a_site, an_admission

NAMES = Pseudonyms(SECRET)
EMAIL, OTHER_EMAIL = "zebulon@quagga.example", "zq-private@okapi.example"
IDENTITY, OTHER_IDENTITY = NAMES.author(EMAIL), NAMES.author(OTHER_EMAIL)
USER, BROWSER = "a-signed-user", "a-private-browser"
#: Everything that must be gone. Each is a word that no other commenter uses.
TRACES = (
    EMAIL, OTHER_EMAIL, "zebulon", "quagga", "okapi", "xylophage", "zymurgy", "Netscape 9000", "referrer.example",
    BROWSER, "origin-of-zebulon",
)  # fmt: skip
#: Keyed names stay in the record of the erasure, in a ban, and in the entry of the audit about the ban.
KEYED = (IDENTITY, OTHER_IDENTITY, USER)
KEEPERS = {"rg:{blog}:erasures", "rg:{blog}:standings", "rg:{blog}:audit"}
WORDS = ["bread", "garden", "window", "letter", "river", "music", "paper", "winter", "stone", "light"]
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)


@dataclass
class History:
    """A random history of a site. Without the person, everybody else does the same as with the person."""

    storage: Storage
    rng: random.Random
    with_person: bool
    comments: list[str] = field(default_factory=list)  # ids of others
    own: list[str] = field(default_factory=list)  # ids of the person
    n: int = 0

    def id(self) -> str:
        return "".join(self.rng.choices(LETTERS, k=26))

    def text(self) -> str:
        return " ".join(self.rng.choices(WORDS, k=self.rng.randint(4, 30)))

    def fields(self, **more: Any) -> dict[str, Any]:
        self.n += 1
        return {"id": self.id(), "received": BEGAN + timedelta(seconds=self.n), "content": self.text(), **more}

    def add_other(self) -> None:
        who = self.rng.randint(1, 4)
        fields = self.fields(author=f"Reader {who}", email=f"r{who}@readers.example", origin=f"origin-{who}")
        parents = [id for id in self.comments if self.get(id).status is Status.APPROVED]
        parent = self.rng.choice([*parents, ""])
        comment = a_comment(**fields, identity=f"identity-{who}", parent=parent, url="https://reader.example")
        self.store(comment, self.comments)

    def add_own(self) -> None:
        """Let the person comment in one of the ways in which people do."""
        fields = self.fields(author="Zebulon Quagga", user_agent="Netscape 9000", referrer="https://referrer.example/")
        fields["content"] += " xylophage zymurgy by Zebulon"
        kind = self.rng.choice(["typed", "signed", "confirmed", "imported"])
        named = {
            "typed": {"email": EMAIL, "identity": IDENTITY, "url": "https://quagga.example/me"},
            "signed": {"email": EMAIL, "identity": IDENTITY, "user": USER, "avatar": "https://okapi.example/z.png"},
            "confirmed": {"email": EMAIL, "identity": IDENTITY, "browser": BROWSER, "email_confirmed": True},
            "imported": {"email": OTHER_EMAIL, "identity": OTHER_IDENTITY, "user": USER},
        }[kind]
        comment = a_comment(**fields, **named, origin="origin-of-zebulon", network_56="origin-of-zebulon-56")
        if not self.with_person:
            self.rng.random()
            return
        parents = [id for id in self.comments if self.get(id).status is Status.APPROVED]
        comment = replace(comment, parent=random.Random(comment.id).choice([*parents, ""]))
        if kind == "imported":
            step = Decision(Action.APPROVE, Status.APPROVED, Role.FILTERS, "filters", comment.received)
            self.storage.comments.add_decided(
                "blog", [replace(comment, status=Status.APPROVED, version=1, decisions=(step,))]
            )
            self.own.append(comment.id)
        else:
            self.store(comment, self.own)
        self.rng.random()

    def store(self, comment: Comment, ids: list[str]) -> None:
        self.storage.comments.accept(comment, replace(an_admission(), per_minute=0))
        ids.append(comment.id)

    def get(self, id: str) -> Comment:
        return self.storage.comments.get("blog", id)

    def decide(self, id: str, choice: float) -> None:
        """Decide about a comment as its status allows: filters, then moderators, undo included."""
        comment = self.get(id)
        at = BEGAN + timedelta(minutes=10, seconds=self.n)
        if comment.status is Status.QUEUED:
            quote = (Signal("words.spam", 0.5, comment.content[:40] + comment.author, 2.0),)
            action = (Action.HOLD, Action.APPROVE, Action.SPAM)[int(choice * 3)]
            step = a_decision(
                action, at=at, signals=quote, masked=comment.content.upper(), wave="ab12cd34", log_odds=1.5
            )
            after = comment.with_decision(step)
        elif comment.can_undo and choice < 0.2:
            after = comment.with_undo("mo", at)
        else:
            actions = actions_for(Role.MODERATOR, comment.status)
            if not actions:
                return
            action = actions[int(choice * len(actions))]
            after = comment.with_decision(a_decision(action, Role.MODERATOR, "mo", at=at))
        self.storage.comments.decide("blog", [CommentChange(comment, after)])


def act_on_own(history: History, rng: random.Random) -> None:
    """Do something to one of the person's comments that is no decision."""
    storage, comment, now = history.storage, history.get(rng.choice(history.own)), datetime.now(UTC)
    choice = rng.randint(0, 7)
    if choice == 0 and comment.status is Status.APPROVED and not comment.draft_of:
        draft = drafted(comment, comment.content + " edited by zebulon", now)
        if storage.comments.load("blog", [draft.id]) == [None]:
            history.store(draft, history.own)
    elif choice == 1 and comment.status in (Status.QUEUED, Status.HELD):
        after = edited(comment, comment.content + " xylophage again", now)
        storage.comments.decide("blog", [CommentChange(comment, after)])
    elif choice == 2 and comment.status in (Status.QUEUED, Status.HELD, Status.APPROVED):
        storage.comments.decide("blog", [CommentChange(comment, withdrawn(comment, now))])
    elif choice == 3:
        storage.notes.add("blog", comment.id, Note("mo", now, "Zebulon Quagga again, the xylophage"))
    elif choice == 4:
        storage.reports.add(comment, ReaderReport("spam", "net", "house", "provider", now), 0)
    elif choice == 5 and comment.status is Status.APPROVED and not comment.parent and not comment.draft_of:
        storage.threads.set_pinned(comment, True)
    elif choice == 6 and comment.status is Status.APPROVED:
        reply = a_comment(id=new_id_of(rng), parent=comment.id, author="Reader 9", email="", identity="", content="no")
        history.store(reply, [])
    else:
        storage.checks.ask("blog", named_check_id(new_id_of(rng)), CheckRequest(a_site(), "mo", now, (comment,)))


def new_id_of(rng: random.Random) -> str:
    return "".join(rng.choices(LETTERS, k=26))
