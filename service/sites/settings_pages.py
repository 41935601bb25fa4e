"""A site's own choices as a form for its owners, checked by the same words and limits as `replygate site set`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, get_type_hints

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from comments.audit import AuditAction, AuditEntry
from comments.errors import Invalid, Problem, StaleVersion
from comments.site import SITE_CHOICES, Site
from service.accounts import sessions
from service.accounts.audit_trail import entry
from service.accounts.sessions import Signed
from service.deps import deps

from . import settings

blueprint = Blueprint("site_settings", __name__, url_prefix="/sites/<site>/settings")

#: Characters of a choice that the audit keeps: whole for all but long lists of words.
MAX_NOTED = 300


@dataclass(frozen=True, slots=True)
class Choice:
    """One field of the form: how it is asked for, and what stands there now."""

    name: str
    label: str
    hint: str
    kind: str  # "text", "area", "number", "check" or "choose"
    options: tuple[str, ...] = ()


#: Of every choice, in the order of the form: what it is called and what one should know.
GROUPS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    ("Who may comment", (
        ("name", "Name", "as readers and moderators see it"),
        ("origins", "Origins", "one a line, like https://example.com; pages of these may post"),
        ("required", "Required fields", "of author, email, url, content"),
        ("per_minute", "Comments a minute", "and reports, from one network; 0 is no limit"),
        ("max_content", "Longest comment", "in characters"),
        ("close_after_days", "Close threads after", "days from their first comment; 0 is never"),
        ("edit_seconds", "Seconds to edit", "in which authors may change a comment; 0 is never"),
        ("max_pending", "Undecided comments", "at most; more are turned away"),
        ("trap_field", "Hidden field", "its name in this site's forms; people leave it empty"),
        ("form_token", "Form tokens", "expected where every form of the site sends one; then a missing one counts"),
        ("proof_of_work", "Proof of work", "auto: while the site is flooded, the widget has to do a little"),
    )),
    ("What is held", (
        ("moderation", "Hold", "all, the first of each author, or only what is suspicious"),
        ("hold_at", "Held from", "points on"),
        ("spam_at", "Spam from", "points on"),
        ("refusals", "Honest replies refused", "at most, by what was learned here; none: it only holds"),
        ("reports_hold", "Reported by", "so many readers' networks, unless a person approved it; 0 is never"),
        ("audit_share", "Look at by chance", "this share of what the filters settle alone; 0.02 is one in fifty"),
        ("max_links", "Links", "from which on a comment looks like advertising"),
        ("profanity", "Profanity", "hold it, mask it with asterisks, or leave it"),
        ("profanity_tier", "Profane from", "slurs only, also strong words, or also mild ones like “damn”"),
        ("profanity_also", "Profane here too", "one word or phrase a line"),
        ("profanity_allow", "Not profane here", "one word or phrase a line"),
        ("toxicity", "Attacks on people", "hold blatant ones (2 in 1,000 of a newspaper), clear (12) or possible (33)"),
        ("hold_words", "Words to hold for", "one a line; author+url:casino looks in those fields only"),
        ("reject_words", "Words to reject for", "written in the same way"),
        ("match_inside_words", "Find words inside others", "then “cialis” is in “specialist”"),
    )),
    ("What moderators see", (
        ("reasons", "Reasons to give authors", "one a line: code: label: what the author is told"),
        ("hide_emails", "Hide e-mail addresses from moderators", "owners see them"),
    )),
)  # fmt: skip

AREAS = ("origins", "profanity_also", "profanity_allow", "hold_words", "reject_words", "reasons")


def groups() -> Iterator[tuple[str, list[Choice]]]:
    hints = get_type_hints(Site)
    for title, rows in GROUPS:
        yield title, [Choice(n, label, hint, _kind(n, hints[n]), SITE_CHOICES.get(n, ())) for n, label, hint in rows]


def _kind(name: str, hint: Any) -> str:
    if name in SITE_CHOICES:
        return "choose"
    if name in AREAS:
        return "area"
    return {bool: "check", int: "number", float: "number"}.get(hint, "text")


@blueprint.get("")
def page(site: str) -> str:
    """Read from the store itself: what is remembered for a second may be what was changed just now."""
    signed = sessions.require(site, "owner")
    kept = deps().storage.sites.get(site)
    return _page(kept, signed, {name: _written(kept, name) for name in settings.names()}, "saved" in request.args)


def _written(site: Site, name: str) -> str:
    value = getattr(site, name)
    return settings.on_lines(value) if name in AREAS else settings.shown(value)


def _page(
    site: Site, signed: Signed, written: dict[str, str], saved: bool = False, problems: Iterable[Problem] = ()
) -> str:
    told = {p.field: p.message for p in problems}
    return render_template(
        "sites/settings.html",
        site=site, signed=signed, groups=list(groups()), written=written, saved=saved, told=told,
        mark=settings.mark(site),
    )  # fmt: skip


@blueprint.post("")
def save(site: str) -> ResponseReturnValue:
    signed = sessions.require_change(site, "owner")
    kept = deps().storage.sites.get(site)
    written = {name: request.form.get(name, "") for name in settings.names()}
    written |= {n: "yes" if request.form.get(n) else "no" for n, kind in get_type_hints(Site).items() if kind is bool}
    try:
        after = settings.changed(kept, (f"{name}={text}" for name, text in written.items()))
    except Invalid as error:
        return _page(kept, signed, written, problems=error.problems), 422
    late = request.form.get("mark", "") != settings.mark(kept)
    if late or not deps().storage.sites.compare_and_set(
        kept, after, *differences(kept, after, entry(signed, AuditAction.SITE_SET))
    ):
        raise StaleVersion("somebody changed these settings meanwhile; load the page again")
    return redirect(url_for("site_settings.page", site=site, saved=""), 303)


def differences(before: Site, after: Site, like: AuditEntry) -> Iterator[AuditEntry]:
    """An entry like `like` for each choice that is different now."""
    for name in settings.names():
        was, now = (settings.shown(getattr(site, name)) for site in (before, after))
        if was != now:
            yield replace(like, subject=name, before=was[:MAX_NOTED], after=now[:MAX_NOTED], site=after.id)
