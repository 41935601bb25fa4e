"""Calls for the owners of a site: rules and threads with the site's key, settings with an owner's key."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Literal, NotRequired, TypedDict

from .answers import PlannedThreadMove, StoredRule, ThreadDetailsAnswer
from .calls import Call, given, path_part
from .decoding import decode_answer, part_of


class NewRule(TypedDict):
    """A rule to add. Without an effect it bans."""

    kind: Literal["email", "email-domain", "user", "author", "network", "range", "domain", "term", "expression"]
    value: str
    effect: NotRequired[Literal["trust", "hold", "mute", "ban"]]
    expiry: NotRequired[str]
    reason: NotRequired[str]
    fields: NotRequired[list[str]]
    inside: NotRequired[bool]
    enabled: NotRequired[bool]


def rules() -> Call[tuple[StoredRule, ...]]:
    """List the rules of the site, and those of all sites of the server."""
    return Call("GET", "rules", part_of("rules", tuple[StoredRule, ...]))


def add_rules(rules: Iterable[NewRule]) -> Call[tuple[StoredRule, ...]]:
    """Add up to 500 rules, or none if one is wrong."""
    return Call("POST", "rules", part_of("rules", tuple[StoredRule, ...]), body={"rules": [*rules]})


def delete_rules(names: Iterable[str]) -> Call[int]:
    """Delete rules by name, and return how many there were. After a lost answer the repeat finds fewer."""
    return Call("POST", "rules/delete", part_of("deleted", int), body={"names": [*names]})


def close_thread(thread: str, closed: bool = True) -> Call[bool]:
    """Close a thread for new comments, or open it again. Returns True if it is closed."""
    return Call("PUT", f"threads/{path_part(thread)}", part_of("closed", bool), body={"closed": closed})


def describe_thread(thread: str, *, title: str | None = None, url: str | None = None) -> Call[ThreadDetailsAnswer]:
    """Set the title of a thread, its address, or both. Empty text removes one, None leaves it."""
    body = {name: value for name, value in {"title": title, "url": url}.items() if value is not None}
    return Call("PATCH", f"threads/{path_part(thread)}", partial(decode_answer, ThreadDetailsAnswer), body=body)


def move_threads(
    moves: Mapping[str, str], *, prefix: bool = False, dry_run: bool = False
) -> Call[tuple[PlannedThreadMove, ...]]:
    """Move threads from old to new names; the old names go on working. `prefix`: move all that begin with them."""
    pairs = [{"old": old, "new": new} for old, new in moves.items()]
    body = given(moves=pairs, prefix=prefix, dry_run=dry_run)
    return Call("POST", "threads/moves", part_of("moves", tuple[PlannedThreadMove, ...]), body=body)


def settings() -> Call[Mapping[str, str]]:
    """Get every setting of the site, as text."""
    return Call("GET", "settings", part_of("settings", Mapping[str, str]))


def change_settings(settings: Mapping[str, str]) -> Call[Mapping[str, str]]:
    """Change settings, as text; all of them, or none if one is wrong. Returns every setting."""
    return Call("PATCH", "settings", part_of("settings", Mapping[str, str]), body={"settings": dict(settings)})
