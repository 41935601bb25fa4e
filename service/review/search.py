"""What a moderator looks for, as it stands in a page's address, and as the index of held comments is asked."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Literal, cast, get_args

from pydantic import Field

from comments.errors import Invalid, Problem
from comments.hosts import is_host
from comments.queue_ranking import email_term, words
from comments.storage.queue_index import IndexPosition, IndexQuery, QueueOrder

from .wire import Reviewable, Strict

Age = Literal["", "today", "yesterday", "week", "older"]

#: Kinds of terms that are listed beside the queue, in this order, and what they are called there.
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
#: What an order is called, and why somebody would want it.
ORDERS: Mapping[str, tuple[str, str]] = {
    "useful": ("Most useful", "Expected harm × uncertainty × age: what a look at it is worth"),
    "oldest": ("Oldest", "Who waited longest comes first"),
    "newest": ("Newest", "What came last comes first"),
    "points": ("Highest score", "What the filters find worst comes first"),
    "reported": ("Reported", "Only what readers reported, the latest report first"),
}

#: Words in front of a colon that say where to look.
FIELDS: Mapping[str, str] = {"domain": "domain", "link": "domain", "origin": "origin", "network": "origin"}


class View(Strict):
    """The address of a queue page; `settled` names the comment that the line above the queue speaks of."""

    status: Reviewable = "held"
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
    settled: str = Field("", max_length=110)

    @property
    def ordered(self) -> str:
        """What waits is worked off from the most useful; what is settled is looked at from the newest."""
        return self.order if self.order in self.orders else "useful" if self.status == "held" else "newest"

    @property
    def orders(self) -> tuple[str, ...]:
        if self.status == "held":
            return get_args(QueueOrder)
        return ("oldest", "newest", *(("reported",) if self.status == "approved" else ()))

    @property
    def narrowing(self) -> dict[str, str]:
        """What the view is narrowed by."""
        return {name: str(getattr(self, name)) for name in NARROWING if getattr(self, name)}

    def with_(self, **changes: str) -> dict[str, str]:
        """The address's parts for another view, from its beginning; those that are empty are left out."""
        fields = {name: str(getattr(self, name)) for name in ("status", "order", *NARROWING)} | changes
        if fields["status"] == "held":
            fields.pop("status")
        return {name: text for name, text in fields.items() if text}


NARROWING = ("site", "q", "signal", "age", "script", "author", "thread", "domain", "origin", "identity")
#: Those whose terms are called as they are.
PLAIN = ("signal", "script", "author", "thread", "domain", "origin", "identity")


def sought(view: View, today: date, limit: int, after: IndexPosition | None, sees_email: bool) -> IndexQuery:
    """`sees_email` says whether addresses may be looked for: whoever does not see them must not guess them either.

    Raises Invalid for a search that looks for nothing.
    """
    plain = [(f"{name}:{getattr(view, name)}",) for name in PLAIN if getattr(view, name)]
    age, not_age = _age(view.age, today)
    return IndexQuery(
        all_of=(*plain, *age, *searched(view.q, sees_email)),
        none_of=not_age,
        order=cast(QueueOrder, view.ordered),  # one of what is held
        limit=limit,
        after=after,
        facets=tuple(name for name in FACETS if name != "age"),
        counted=week(today),
    )


def week(today: date) -> tuple[str, ...]:
    """The terms of the last seven days, today's first."""
    return tuple(f"day:{today - timedelta(days=n)}" for n in range(7))


def _age(age: str, today: date) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """Which days are wanted, and which are not."""
    days = week(today)
    wanted = {"today": days[:1], "yesterday": days[1:2], "week": days[2:]}.get(age)
    return ((wanted,) if wanted else ()), (days if age == "older" else ())


def ages(counts: Mapping[str, int], total: int, today: date) -> dict[str, int]:
    """How many came when, from the counts of `week`."""
    n = [counts.get(day.removeprefix("day:"), 0) for day in week(today)]
    found = {"today": n[0], "yesterday": n[1], "week": sum(n[2:]), "older": total - sum(n)}
    return {age: count for age, count in found.items() if count}


def searched(text: str, sees_email: bool = True) -> tuple[tuple[str, ...], ...]:
    """What is searched for: every word, an e-mail address or "@" and its end, a link's domain, `origin:` a network.

    A word that ends in "*" is a beginning. Raises Invalid where nothing is left to search for.
    """
    groups = tuple(group for part in text.split() for group in _group(part, sees_email))
    if text.strip() and not groups:
        raise Invalid([Problem("q", "words", "looks for no word, address or domain")])
    return groups


def _group(part: str, sees_email: bool) -> Iterator[tuple[str, ...]]:
    kind, colon, rest = part.partition(":")
    if colon and rest and kind.casefold() in FIELDS:
        yield (f"{FIELDS[kind.casefold()]}:{rest.casefold()}",)
    elif "@" in part and sees_email:
        yield (email_term(part),)
    elif is_host(part.casefold()):
        yield (f"domain:{part.casefold()}",)
    else:
        found = list(words(part))
        whole = found[:-1] if part.endswith("*") else found
        yield from ((f"word:{word}",) for word in whole)
        if found and part.endswith("*"):
            yield (f"word:{found[-1]}*",)
