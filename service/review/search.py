"""The address of a queue page: status, order, filters and search words."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from comments.errors import Invalid, Problem
from comments.lifecycle import REVIEWED, Status

from .density import Density
from .schemas import MAX_PER_REQUEST, Strict, one_of

#: Stands for all statuses in which moderators find comments.
EVERY_STATUS = "all"
#: The address's name for comments that no person decided about.
AUTOMATIC_NAME = "automatic"

Age = Literal["", "today", "yesterday", "week", "older"]
OrderName = Literal["", "useful", "oldest", "newest", "decided", "points", "reported"]
ListOrder = Literal["oldest", "newest", "decided", "points", "useful"]
ListedStatus = Annotated[str, one_of(*REVIEWED, EVERY_STATUS)]
#: A day of the calendar in UTC; forms send "" for none.
Day = Annotated[date | None, BeforeValidator(lambda given: given or None)]

#: Facets next to the queue, in this order, with their labels.
FACETS: Mapping[str, str] = {
    "status": "Status",
    "signal": "Reason",
    "by": "Decided by",
    "age": "Received",
    "decision_age": "Decided",
    "script": "Script",
    "author": "Author",
    "thread": "Thread",
    "domain": "Links to",
}
#: Labels of all filters.
FILTER_LABELS: Mapping[str, str] = {
    "site": "Site",
    **FACETS,
    "q": "Search",
    "origin": "Network",
    "identity": "Same email",
    "wave": "Near-copies",
    "received_from": "Received from",
    "received_to": "Received until",
    "decided_from": "Decided from",
    "decided_to": "Decided until",
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
    "oldest": ("Oldest", "Comments that were received first come first"),
    "newest": ("Newest", "The latest comments come first"),
    "decided": ("Latest decision", "Comments that were decided last come first"),
    "points": ("Highest score", "Comments with the highest spam score come first"),
    "reported": ("Reported", "Comments that readers reported, the latest report first"),
}

#: Filters, in the order of the chips above the list.
FILTERS = (
    *("site", "q", "signal", "by", "age", "decision_age", "received_from", "received_to", "decided_from", "decided_to"),
    *("script", "author", "thread", "domain", "origin", "identity", "wave"),
)


class QueueFilters(Strict):
    """Filters of a list of comments. Empty ones filter nothing."""

    q: str = Field("", max_length=200, description="words, word*, an email address, a domain or `origin:` a network")
    signal: str = Field("", max_length=100, description="name of a signal that spoke for review")
    by: str = Field("", max_length=100, description="person whose decision is in force, or `automatic`")
    age: Age = Field("", description="time since receipt, in days of UTC")
    decision_age: Age = Field("", description="time since the last decision, in days of UTC")
    received_from: Day = Field(None, description="first day of receipt, in UTC")
    received_to: Day = Field(None, description="last day of receipt, in UTC")
    decided_from: Day = Field(None, description="first day of the last decision, in UTC")
    decided_to: Day = Field(None, description="last day of the last decision, in UTC")
    script: str = Field("", max_length=40, description="script of most letters, such as `latin`")
    author: str = Field("", max_length=500, description="name of the author")
    thread: str = Field("", max_length=500, description="key or address of the page")
    domain: str = Field("", max_length=255, description="domain that the comment links to")
    origin: str = Field("", max_length=100, description="keyed hash of a network")
    identity: str = Field("", max_length=100, description="keyed hash of an author")
    wave: str = Field("", max_length=20, description="name that near-copies share")

    @property
    def filters(self) -> dict[str, str]:
        return {name: str(getattr(self, name)) for name in FILTERS if getattr(self, name, None)}


class QueueView(QueueFilters):
    """The address of a queue page; `decided` names the comment that the confirmation above the queue is about."""

    status: ListedStatus = "held"
    order: OrderName = ""
    site: str = Field("", max_length=40)
    cursor: str = Field("", max_length=200)
    decided: str = Field("", max_length=110)
    thread_state: Literal["", "open", "closed"] = ""  # what the confirmation says about the comment's thread
    density: Density = ""

    @property
    def statuses(self) -> tuple[Status, ...]:
        return statuses_of(self.status)

    @property
    def effective_order(self) -> str:
        """The chosen order, or the default: most useful first for pending comments, newest first for others."""
        return self.order or self.orders[0]

    @property
    def orders(self) -> tuple[str, ...]:
        return orders_of(self.status)

    def params(self, **changes: str) -> dict[str, str]:
        """Query parameters of the first page of a changed view, without empty ones."""
        fields = {name: str(getattr(self, name) or "") for name in ("status", "order", *FILTERS)} | changes
        if fields["status"] == "held":
            fields.pop("status")
        if fields["order"] not in orders_of(fields.get("status", "held")):
            fields.pop("order")
        return {name: text for name, text in fields.items() if text}


class ListQuery(QueueFilters):
    """A page of comments in the API."""

    status: ListedStatus = Field("held", description="`all` lists every status")
    order: ListOrder = "oldest"
    cursor: str = Field("", max_length=200)
    limit: int = Field(20, ge=1, le=MAX_PER_REQUEST)
    facets: bool = Field(False, description="count the comments with each value of each filter")


def statuses_of(name: str) -> tuple[Status, ...]:
    return REVIEWED if name == EVERY_STATUS else (Status(name),)


def orders_of(status: str) -> tuple[str, ...]:
    """The orders of the list of a status, the default first."""
    if status == "held":
        return ("useful", "oldest", "newest", "points")
    return ("newest", "oldest", "decided", "points", *(("reported",) if status == "approved" else ()))


def facets_of(status: str) -> tuple[str, ...]:
    """The facets next to the list of a status."""
    hidden = ("status", "by", "decision_age") if status == "held" else ("status",) if status != EVERY_STATUS else ()
    return tuple(name for name in FACETS if name not in hidden)


def check_view(view: QueueFilters, status: str, order: str, sites: Sequence[str], all_sites: bool = False) -> None:
    """Raises Invalid with every parameter that is impossible together with the others."""
    problems = [
        Problem(last, "range", f"must not be before “{FILTER_LABELS[first]}”")
        for first, last in (("received_from", "received_to"), ("decided_from", "decided_to"))
        if getattr(view, first) and getattr(view, last) and getattr(view, last) < getattr(view, first)
    ]
    if order and order not in orders_of(status):
        problems.append(Problem("order", "impossible", f"must be one of {', '.join(orders_of(status))} for {status}"))
    elif order == "reported":
        if all_sites:
            problems.append(Problem("order", "impossible", "`reported` lists one site at a time"))
        names = view.filters
        problems += [Problem(n, "impossible", "cannot be combined with the order `reported`") for n in names]
    site = getattr(view, "site", "")
    if site and not all_sites:
        problems.append(Problem("site", "impossible", "filters the list of all sites only"))
    elif site and site not in sites:
        problems.append(Problem("site", "unknown", "is not one of your sites"))
    if problems:
        raise Invalid(problems)
