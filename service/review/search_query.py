"""The query of the index that follows from filters and search words."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from math import inf
from typing import cast

from comments.errors import Invalid, Problem
from comments.hosts import is_host
from comments.index_terms import AUTOMATIC, email_term, index_words
from comments.storage.codec import milliseconds
from comments.storage.queue_index import IndexColumn, IndexPosition, IndexQuery, QueueOrder

from .search import AGES, AUTOMATIC_NAME, QueueFilters, facets_of, statuses_of

#: Prefixes of search words, as in "domain:shop.example", and the kind of term that each searches.
FIELDS: Mapping[str, str] = {"domain": "domain", "link": "domain", "origin": "origin", "network": "origin"}
#: Filters whose name is that of their index term.
TERM_FILTERS = ("signal", "script", "author", "thread", "domain", "origin", "identity", "wave")
DAY_MS = 86_400_000
#: Facets of ages, and the times that they count.
AGE_COLUMNS: Mapping[str, IndexColumn] = {"age": "received", "decision_age": "decided"}


def index_query(
    view: QueueFilters,
    status: str,
    order: str,
    today: date,
    limit: int,
    after: IndexPosition | None,
    sees_email: bool,
) -> IndexQuery:
    """Build the query for a view. Without `sees_email`, addresses cannot be searched, or they could be guessed.

    Raises Invalid for search text without a word, address or domain.
    """
    terms = [(f"{name}:{getattr(view, name)}",) for name in TERM_FILTERS if getattr(view, name)]
    maker = AUTOMATIC if view.by == AUTOMATIC_NAME else view.by
    return IndexQuery(
        all_of=(*terms, *([(f"by:{maker}",)] if maker else []), *search_terms(view.q, sees_email)),
        statuses=statuses_of(status),
        order=cast(QueueOrder, order),
        limit=limit,
        after=after,
        facets=tuple(name for name in facets_of(status) if name not in AGE_COLUMNS),
        ranges=tuple(_ranges(view, today)),
        since=tuple((column, age_limits(today)) for name, column in AGE_COLUMNS.items() if name in facets_of(status)),
    )


def _ranges(view: QueueFilters, today: date) -> Iterator[tuple[IndexColumn, float, float]]:
    for name, column in AGE_COLUMNS.items():
        if limits := age_range(getattr(view, name), today):
            yield column, *limits
        first, last = getattr(view, f"{column}_from"), getattr(view, f"{column}_to")
        if first or last:
            yield column, day_start(first) if first else -inf, day_start(last) + DAY_MS if last else inf


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
