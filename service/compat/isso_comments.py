"""Comments in the form of Isso's answers.

Isso's client puts every text into the page as HTML, so names and addresses are escaped here, as in Isso's database.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

from comments.isso_names import isso_number
from comments.lifecycle import Action, Outcome
from comments.markdown import html
from comments.model import STAFF, Comment
from comments.pseudonyms import token_digest
from comments.public_view import public_row
from comments.site import Site
from comments.storage.values import ThreadRow
from service.deps import deps

PUBLISHED_MODE, PENDING_MODE, DELETED_MODE = 1, 2, 4
#: Hexadecimal digits of the hash of an author, as in Isso.
HASH_DIGITS = 12


def client_settings(site: Site) -> dict[str, bool]:
    """Return settings for the client. It takes any of its settings from here, so `vote` hides the votes."""
    return {
        "reply-to-self": True,
        "require-author": "author" in site.required,
        "require-email": "email" in site.required,
        "reply-notifications": deps().settings.sends_mail,
        "gravatar": False,
        "feed": True,
        "vote": False,
    }


def shown_comment(row: ThreadRow, parent: int | None, plain: bool) -> dict[str, Any]:
    """Return a published comment, or a stub, which Isso calls deleted."""
    public = public_row(row)
    author, role = str(public["author"]), str(public["role"])
    return {
        **_common(row.comment, parent),
        "mode": DELETED_MODE if row.removed else PUBLISHED_MODE,
        "text": public["content"] if plain else str(public["html"]).rstrip("\n"),
        "author": _name(author, role),
        "website": escape(str(public["url"])) or None,
        "modified": None if row.removed else _modified(row.comment),
        "hash": _hash(row.comment.site, author, role, bool(public["verified"])),
    }


def own_comment(comment: Comment, content: str, outcome: Outcome, parent: int | None, plain: bool) -> dict[str, Any]:
    """Return a comment to its author, with their latest text. Isso has no other word for what readers do not see."""
    return shown_comment(ThreadRow(comment), parent, plain) | {
        "mode": PUBLISHED_MODE if outcome is Outcome.PUBLISHED else PENDING_MODE,
        "text": content if plain else html(content).rstrip("\n"),
        "notification": int(bool(comment.notify)),
    }


def _common(comment: Comment, parent: int | None) -> Mapping[str, Any]:
    """Return the fields of every comment. Nobody votes here."""
    return {
        "id": isso_number(comment.id, comment.received),
        "parent": parent,
        "created": comment.received.timestamp(),
        "likes": 0,
        "dislikes": 0,
        "notification": 0,
    }


def _name(author: str, role: str) -> str | None:
    """Return the name, with the badge that Isso's client does not have."""
    return escape(f"{author} (staff)" if role == STAFF else author, quote=False) or None


def _modified(comment: Comment) -> float | None:
    edits = [decision.at.timestamp() for decision in comment.decisions if decision.action is Action.EDIT]
    return edits[-1] if edits else None


def _hash(site: str, author: str, role: str, verified: bool) -> str:
    """Return the number that the client draws a picture from.

    It is made from what readers see anyway, never from the email address or the network. A name that a visitor only
    typed has another picture than the same name of the staff or of a verified author.
    """
    return token_digest("\0".join((site, author, role, str(verified))))[:HASH_DIGITS]
