"""The address of a queue page: status, order, filters and search words, and the index query that follows from them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from math import inf
from typing import Literal, cast

from pydantic import Field

from comments.errors import Invalid, Problem
from comments.hosts import is_host
from comments.index_terms import email_term, index_words
from comments.storage.codec import milliseconds
from comments.storage.queue_index import IndexPosition, IndexQuery, QueueOrder

from .schemas import ReviewStatus, Strict

Age = Literal["", "today", "yesterday", "week", "older"]

#: Facets next to the queue, in this order, with their labels.
FACETS: Mapping[str, str] = {
    "signal": "Reason",
    "age": "Received",
    "script": "Script",
    "author": "Author",
    "thread": "Thread",
    "domain": "Links to",
}
AGES: Mapping[str, str] = {
    "today": "Today (UTC)",
    "yesterday": "Yesterday",
    "week": "2 to 6 days ago",
    "older": "A week ago or longer",
}
#: Label and explanation of each order.
ORDERS: Mapping[str, tuple[str, str]] = {
    "useful": ("Most useful", "Comments that most need a human decision come first"),
    "oldest": ("Oldest", "Comments that have waited longest come first"),
    "newest": ("Newest", "The latest comments come first"),
    "points": ("Highest score", "Comments with the highest spam score come first"),
    "reported": ("Reported", "Comments that readers reported, the latest report first"),
}

#: Prefixes of search words, as in "domain:shop.example", and the kind of term that each searches.
FIELDS: Mapping[str, str] = {"domain": "domain", "link": "domain", "origin": "origin", "network": "origin"}


class QueueView(Strict):
    """The address of a queue page; `decided` names the comment that the confirmation above the queue is about."""

    status: ReviewStatus = "held"
    order: Literal["", "useful", "oldest", "newest", "points", "reported"] = ""
    q: str = Field("", max_length=200)
    site: str = Field("", max_length=40)
    signal: str = Field("", max_length=100)
    age: Age = ""
    script: str = Field("", max_length=40)
    author: str = Field("", max_length=500)
    thread: str = Field("", max_length=500)
    domain: str = Field("", max_length=255)
    origin: str = Field("", max_length=100)
    identity: str = Field("", max_length=100)
    cursor: str = Field("", max_length=200)
    decided: str = Field("", max_length=110)

    @property
    def effective_order(self) -> str:
        """The chosen order, or the default: most useful first for pending comments, newest first for others."""
        return self.order if self.order in self.orders else "useful" if self.status == "held" else "newest"

    @property
    def orders(self) -> tuple[str, ...]:
        if self.status == "held":
            return ("useful", "oldest", "newest", "points")
        return ("oldest", "newest", *(("reported",) if self.status == "approved" else ()))

    @property
    def filters(self) -> dict[str, str]:
        return {name: str(getattr(self, name)) for name in FILTERS if getattr(self, name)}

    def params(self, **changes: str) -> dict[str, str]:
        """Query parameters of the first page of a changed view, without empty ones."""
        fields = {name: str(getattr(self, name)) for name in ("status", "order", *FILTERS)} | changes
        if fields["status"] == "held":
            fields.pop("status")
        return {name: text for name, text in fields.items() if text}


FILTERS = ("site", "q", "signal", "age", "script", "author", "thread", "domain", "origin", "identity")
#: Filters whose name is that of their index term.
TERM_FILTERS = ("signal", "script", "author", "thread", "domain", "origin", "identity")


def index_query(view: QueueView, today: date, limit: int, after: IndexPosition | None, sees_email: bool) -> IndexQuery:
    """Build the query for a view. Without `sees_email`, addresses cannot be searched, or they could be guessed.

    Raises Invalid for search text without a word, address or domain.
    """
    terms = [(f"{name}:{getattr(view, name)}",) for name in TERM_FILTERS if getattr(view, name)]
    return IndexQuery(
        all_of=(*terms, *search_terms(view.q, sees_email)),
        order=cast(QueueOrder, view.effective_order),
        limit=limit,
        after=after,
        facets=tuple(name for name in FACETS if name != "age"),
        ranges=tuple(("received", *limits) for limits in (age_range(view.age, today),) if limits),
        since=(("received", age_limits(today)),),
    )


def age_limits(today: date) -> tuple[int, ...]:
    """Beginning of today, yesterday and the week, in ms."""
    return tuple(day_start(today - timedelta(days=n)) for n in (0, 1, 6))


def age_range(age: str, today: date) -> tuple[float, float] | None:
    """The times that belong to an age, in ms; None for every time."""
    n = list(AGES).index(age) if age else -1
    limits = (inf, *age_limits(today), -inf)
    return (limits[n + 1], limits[n]) if age else None


def day_start(day: date) -> int:
    """Beginning of a day, in ms."""
    return milliseconds(datetime.combine(day, time.min, UTC))


def age_counts(since: Sequence[int], total: int) -> dict[str, int]:
    """Comments of each age, from the number since the beginning of each."""
    limits = (0, *since, total)
    found = {age: limits[n + 1] - limits[n] for n, age in enumerate(AGES)}
    return {age: count for age, count in found.items() if count}


def search_terms(text: str, sees_email: bool = True) -> tuple[tuple[str, ...], ...]:
    """Index terms for words, email addresses (or "@" and a domain), link domains and `origin:` networks.

    A word that ends in "*" matches every word that begins with it. Raises Invalid if the text has none of these.
    """
    groups = tuple(group for part in text.split() for group in _group(part, sees_email))
    if text.strip() and not groups:
        raise Invalid([Problem("q", "words", "must contain a word, an address or a domain")])
    return groups


def _group(part: str, sees_email: bool) -> Iterator[tuple[str, ...]]:
    kind, colon, rest = part.partition(":")
    if colon and rest and kind.casefold() in FIELDS:
        searched = FIELDS[kind.casefold()]
        yield (f"{searched}:{rest.lower() if searched == 'domain' else rest}",)
    elif "@" in part and sees_email:
        yield (email_term(part),)
    elif is_host(part.lower()):
        yield (f"domain:{part.lower()}",)
    else:
        found = list(index_words(part))
        whole = found[:-1] if part.endswith("*") else found
        yield from ((f"word:{word}",) for word in whole)
        if found and part.endswith("*"):
            yield (f"word:{found[-1]}*",)
