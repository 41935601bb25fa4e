"""Everything from one author or one network on a site, and taking all of it down at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, url_for
from pydantic import BaseModel, ConfigDict, Field

from comments.author_rules import RULE_DURATIONS, AuthorRule, RuleTarget, rule_name
from comments.errors import NotFound
from comments.model import Comment
from comments.site import Site
from comments.storage.values import EvidenceQuery, HistoryQuery
from service.accounts import sessions
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.web import site_cache
from service.web.operations import parsed_query

from .cards import Record
from .page_context import relative_time
from .presenter import thread_link

blueprint = Blueprint("traces", __name__, url_prefix="/sites/<site>")

PER_PAGE = 20
NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
KINDS: Mapping[str, RuleTarget] = {"authors": RuleTarget.AUTHOR, "origins": RuleTarget.ORIGIN}


class View(BaseModel):
    model_config = ConfigDict(extra="forbid")

    cursor: str = Field("", max_length=200)


@dataclass(frozen=True, slots=True)
class Source:
    """An author or a network of one site."""

    site: Site
    kind: str  # one of KINDS
    name: str

    @property
    def target(self) -> RuleTarget:
        return KINDS[self.kind]

    @property
    def trace(self) -> HistoryQuery:
        return HistoryQuery(identity=self.name) if self.target is RuleTarget.AUTHOR else HistoryQuery(origin=self.name)

    @property
    def address(self) -> str:
        return url_for("traces.page", site=self.site.id, kind=self.kind, name=self.name)

    def frame(self, signed: SignedIn) -> dict[str, object]:
        """What every page about it needs."""
        may_change = sessions.has_role(signed.person, self.site.id, "moderator")
        return {"source": self, "site": self.site, "signed": signed, "may_change": may_change, "now": deps().now()}


def source(site: str, kind: str, name: str) -> Source:
    """Raises NotFound."""
    if kind not in KINDS or not NAME.fullmatch(name):
        raise NotFound("there is no such page")
    return Source(site_cache.get_site(site), kind, name)


@blueprint.get("/<any(authors, origins):kind>/<name>")
def page(site: str, kind: str, name: str) -> str:
    signed = sessions.require_role(site, "viewer")
    view, here = parsed_query(View), source(site, kind, name)
    found = deps().storage.author_history.find(site, here.trace, PER_PAGE, view.cursor)
    return render_template(
        "review/author_history.html",
        **here.frame(signed),
        view=view,
        found=found,
        relative_time=relative_time,
        thread_link=thread_link,
        record=record(here),
        known=known_by(found.rows, signed, here),
        rules=active_rules(here),
        ends=RULE_DURATIONS,
    )


def record(here: Source) -> Record | None:
    """What became of an author's comments; of networks nobody keeps count."""
    if here.target is not RuleTarget.AUTHOR:
        return None
    (answer,) = deps().storage.evidence.look_up(here.site.id, [EvidenceQuery(author=(here.name,))])
    return Record(answer.approved[0], answer.spam[0], answer.first_seen)


def known_by(rows: tuple[Comment, ...], signed: SignedIn, here: Source) -> dict[str, list[str]]:
    """What the comments of this page say about who wrote them, each once, in order."""
    emails = [c.email for c in rows] if sessions.may_see_emails(signed.person, here.site) else []
    other = [c.origin for c in rows] if here.target is RuleTarget.AUTHOR else [c.identity for c in rows]
    found = {"Names": [c.author for c in rows], "E-mails": emails, "Websites": [c.url for c in rows]}
    found["others"] = other
    return {label: [text for text in dict.fromkeys(texts) if text] for label, texts in found.items()}


def active_rules(here: Source) -> list[AuthorRule]:
    """Those that hold for it now."""
    now: datetime = deps().now()
    names = [rule_name(here.target, here.name)]
    return [s for s in deps().storage.author_rules.get(here.site.id, names) if s.is_active(now)]
