"""Words that name one person. An address is replaced where it stands; texts of others with the name are only listed.

A commenter chooses the name, and it can be any word: "spam", or the name of somebody else. So a name alone changes
nothing, except in a field that is about the author.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import parse_qsl, unquote_plus

from .model import STAFF, Comment
from .saved_views import SavedView
from .setting_values import RemovalReason
from .site import Site

#: Stands for words that named the person.
ERASED_WORDS = "(erased)"
#: Shorter names are not looked for in texts: too many words are like them.
SHORTEST_MENTION = 3
#: Filter of a saved view that names an author in full.
AUTHOR_FILTER = "author"
#: Settings of a site with words, by name.
WORD_LISTS = ("hold_words", "reject_words", "profanity_also", "profanity_allow")
#: Settings of a site with texts for authors, by name.
TEXT_LISTS = ("canned_replies", "reasons")


@dataclass(frozen=True, slots=True)
class PersonalTexts:
    """Addresses and names in a person's comments, and the address of the request, to find them elsewhere."""

    emails: frozenset[str] = field(default=frozenset(), repr=False)
    names: frozenset[str] = field(default=frozenset(), repr=False)
    badges: frozenset[str] = field(default=frozenset(), repr=False)  # names of own comments with the staff badge

    def with_address(self, email: str) -> Self:
        return replace(self, emails=self.emails | {email.strip().casefold()}) if email.strip() else self

    def has_address(self, text: str) -> bool:
        """True if a text, or the query of an address, has one of the addresses as a whole."""
        plain = unquote_plus(text).casefold()
        return any(re.search(_whole_address(email), part) for email in self.emails for part in (text.casefold(), plain))

    def without_addresses(self, text: str) -> str:
        """Replace the addresses; the whole text, if one is written in another form."""
        for email in self.emails:
            text = re.sub(_whole_address(email), ERASED_WORDS, text, flags=re.IGNORECASE)
        return ERASED_WORDS if self.has_address(text) else text

    def is_mentioned_in(self, text: str) -> bool:
        """True if a text has one of the names as whole words. It may mean somebody or something else."""
        plain = unquote_plus(text).casefold()
        names = (name for name in self.names if len(name) >= SHORTEST_MENTION)
        return any(name in plain and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", plain) for name in names)


def _whole_address(email: str) -> str:
    return rf"(?<![\w.+%-]){re.escape(email)}(?![\w-]|\.\w)"


def personal_texts(comments: Sequence[Comment]) -> PersonalTexts:
    return PersonalTexts(
        frozenset(c.email.casefold() for c in comments if c.email),
        frozenset(c.author.casefold().strip() for c in comments if c.author),
        frozenset(c.author.casefold() for c in comments if c.author and c.role == STAFF),
    )


def is_query_about(query: str, names: Sequence[str], texts: PersonalTexts) -> bool:
    """True if the query of a saved view has an address or a keyed name, or filters by exactly this author."""
    fields = parse_qsl(query)
    is_author = any(key == AUTHOR_FILTER and value.casefold().strip() in texts.names for key, value in fields)
    return is_author or texts.has_address(query) or any(name in query for name in names)


def is_view_about(view: SavedView, names: Sequence[str], texts: PersonalTexts) -> bool:
    return texts.has_address(view.name) or is_query_about(view.query, names, texts)


def without_listed_addresses(site: Site, texts: PersonalTexts) -> Site:
    """Take words with one of the addresses out of the site's word lists, and the addresses out of texts for authors."""
    lists: dict[str, Any] = {name: getattr(site, name) for name in WORD_LISTS}
    kept: dict[str, Any] = {
        name: tuple(w for w in words if not texts.has_address(_word(w))) for name, words in lists.items()
    }
    kept["canned_replies"] = tuple(map(texts.without_addresses, site.canned_replies))
    kept["reasons"] = tuple(
        replace(r, label=texts.without_addresses(r.label), message=texts.without_addresses(r.message))
        for r in site.reasons
    )
    return replace(site, **kept)


def lists_with_name(site: Site, texts: PersonalTexts) -> Iterator[tuple[str, str]]:
    """Yield the name of a word list and each of its words that has one of the names."""
    for name in (*WORD_LISTS, *TEXT_LISTS):
        yield from ((name, word) for word in map(_word, getattr(site, name)) if texts.is_mentioned_in(word))


def _word(word: object) -> str:
    if isinstance(word, RemovalReason):
        return f"{word.label}: {word.message}"
    return str(getattr(word, "text", word))


@dataclass(frozen=True, slots=True)
class Mention:
    """A text of others that has the person's name. `text` is for people who look at it, and is not stored."""

    kind: str  # such as "views" or "rules"
    id: str  # without personal data of the person
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TeamTexts:
    """Texts of the team about a person: views that an erasure removes, and texts that it leaves alone."""

    views: tuple[SavedView, ...] = ()
    mentions: tuple[Mention, ...] = ()
    is_complete: bool = True  # False if notes and bulk actions are left that nobody has looked at
