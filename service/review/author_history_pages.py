"""Pages of one author or one network on a site: record, names, rules and comments."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from comments.author_rules import SHARED_RULES, AuthorRule, RuleTarget, rule_name
from comments.errors import NotFound
from comments.lifecycle import Action
from comments.model import Comment
from comments.rule_values import KIND_OF_TARGET
from comments.site import Site
from comments.storage.values import EvidenceQuery, HistoryQuery
from service.accounts import sessions
from service.accounts.sessions import SignedIn
from service.deps import deps
from service.web import site_cache
from service.web.operations import parsed_query

from .cards import AuthorRecord
from .page_context import page_context
from .source_history import (
    MAX_LINKED,
    TIMELINE_PARTS,
    linked_authors,
    linked_networks,
    others_in_networks,
    source_history,
    timeline,
)

blueprint = Blueprint("author_history_pages", __name__, url_prefix="/sites/<site>/<any(authors, origins):kind>/<name>")

_SOURCE_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
SOURCE_KINDS: Mapping[str, RuleTarget] = {"authors": RuleTarget.AUTHOR, "origins": RuleTarget.ORIGIN}


class HistoryParams(BaseModel):
    model_config = ConfigDict(extra="forbid")

    cursor: str = Field("", max_length=200)
    old_removal: bool = Field(False, description="explain how to undo a removal that an earlier version started")


@dataclass(frozen=True, slots=True)
class CommentSource:
    """An author or a network of one site."""

    site: Site
    kind: str  # one of SOURCE_KINDS
    name: str

    @property
    def target(self) -> RuleTarget:
        return SOURCE_KINDS[self.kind]

    @property
    def is_author(self) -> bool:
        return self.target is RuleTarget.AUTHOR

    @property
    def rule_kind(self) -> str:
        return KIND_OF_TARGET[self.target]

    @property
    def query(self) -> HistoryQuery:
        return HistoryQuery(identity=self.name) if self.is_author else HistoryQuery(origin=self.name)

    @property
    def address(self) -> str:
        return url_for("author_history_pages.history_page", site=self.site.id, kind=self.kind, name=self.name)

    @property
    def removal_address(self) -> str:
        """The preview of a bulk action that removes everything by this author or network."""
        filters = {"identity" if self.target is RuleTarget.AUTHOR else "origin": self.name}
        query = urlencode({"action": Action.REMOVE.value, **filters, "scope": "everything"})
        return f"{url_for('bulk_pages.preview', site=self.site.id)}?{query}"


def comment_source(site: str, kind: str, name: str) -> CommentSource:
    """Raises NotFound."""
    if kind not in SOURCE_KINDS or not _SOURCE_NAME.fullmatch(name):
        raise NotFound("there is no such page")
    return CommentSource(site_cache.get_site(site), kind, name)


@blueprint.get("")
def history_page(site: str, kind: str, name: str) -> str:
    signed = sessions.require_role(site, "viewer")
    params, source, storage = parsed_query(HistoryParams), comment_source(site, kind, name), deps().storage
    found = source_history(storage, site, source.query, deps().signals, params.cursor)
    rules = active_rules(source)
    if not (found.recent or found.unindexed or rules or params.cursor or params.old_removal):
        raise NotFound("no comment of this author or network is stored")
    networks = linked_networks(found.recent) if source.is_author else []
    return render_template(
        "review/author_history.html",
        **page_context(signed),
        site=source.site,
        source=source,
        may_change=sessions.has_role(signed.person, site, "moderator"),
        old_removal=params.old_removal,
        found=found,
        record=author_record(source),
        details=known_details(found.recent, signed, source),
        networks=networks,
        authors=others_in_networks(storage, site, name, [n.key for n in networks])
        if source.is_author
        else linked_authors(found.recent),
        bars=timeline(found.recent),
        parts=TIMELINE_PARTS,
        rules=rules,
    )


@blueprint.route("/removal", methods=["GET", "POST"])
def old_removal(site: str, kind: str, name: str) -> ResponseReturnValue:
    """Redirect addresses of earlier versions: to the preview, or to an explanation for a removal that was running."""
    sessions.require_change(site) if request.method == "POST" else sessions.require_role(site, "moderator")
    source = comment_source(site, kind, name)
    if request.method == "POST" or request.args.get("began"):
        return redirect(f"{source.address}?old_removal=1", 303)
    return redirect(source.removal_address, 303)


def author_record(source: CommentSource) -> AuthorRecord | None:
    """Counts of an author's comments; None for a network, which has no counts."""
    if source.target is not RuleTarget.AUTHOR:
        return None
    (evidence,) = deps().storage.evidence.look_up(source.site.id, [EvidenceQuery(author=(source.name,))])
    return AuthorRecord(evidence.approved[0], evidence.spam[0], evidence.first_seen)


def known_details(rows: tuple[Comment, ...], signed: SignedIn, source: CommentSource) -> dict[str, list[str]]:
    """Email addresses and websites of these comments, without repeats; addresses only for people who may see them."""
    emails = [c.email for c in rows] if sessions.may_see_emails(signed.person, source.site) else []
    found = {"Email": emails, "Website": [c.url for c in rows]}
    return {label: [t for t in dict.fromkeys(texts) if t][:MAX_LINKED] for label, texts in found.items()}


def active_rules(source: CommentSource) -> list[AuthorRule]:
    names, store, now = [rule_name(source.target, source.name)], deps().storage.author_rules, deps().now()
    found = (*store.get(source.site.id, names), *store.get(SHARED_RULES, names))
    return [rule.for_site_owners() for rule in found if rule.is_active(now)]
