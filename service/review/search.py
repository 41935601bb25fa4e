"""The address of a queue page: status, order, filters and search words, and the index query that follows from them."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Literal, cast, get_args

from pydantic import Field

from comments.errors import Invalid, Problem
from comments.hosts import is_host
from comments.queue_ranking import email_term, index_words
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
            return get_args(QueueOrder)
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
    age, not_age = _age(view.age, today)
    return IndexQuery(
        all_of=(*terms, *age, *search_terms(view.q, sees_email)),
        none_of=not_age,
        order=cast(QueueOrder, view.effective_order),
        limit=limit,
        after=after,
        facets=tuple(name for name in FACETS if name != "age"),
        counted=last_seven_days(today),
    )


def last_seven_days(today: date) -> tuple[str, ...]:
    """Index terms of the last seven days, today first."""
    return tuple(f"day:{today - timedelta(days=n)}" for n in range(7))


def _age(age: str, today: date) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """Days that must match, and days that must not."""
    days = last_seven_days(today)
    wanted = {"today": days[:1], "yesterday": days[1:2], "week": days[2:]}.get(age)
    return ((wanted,) if wanted else ()), (days if age == "older" else ())


def age_counts(counts: Mapping[str, int], total: int, today: date) -> dict[str, int]:
    """Comments of each age, from the counts of the last seven days."""
    n = [counts.get(day.removeprefix("day:"), 0) for day in last_seven_days(today)]
    found = {"today": n[0], "yesterday": n[1], "week": sum(n[2:]), "older": total - sum(n)}
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
        yield (f"{FIELDS[kind.casefold()]}:{rest.lower()}",)
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
