"""Numbers of a site for its team, and of all sites for operators: page, CSV and JSON."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from flask import Blueprint, Response, current_app, render_template
from flask.blueprints import BlueprintSetupState
from pydantic import BaseModel, ConfigDict, Field

from comments.counted_events import CORRECTIONS
from comments.errors import Invalid, Problem
from comments.lifecycle import Action
from comments.site import Site
from service.accounts import sessions
from service.accounts.sessions import has_role
from service.deps import deps
from service.web import site_cache
from service.web.csv_export import Cell, csv_response
from service.web.operations import operation, parsed_query
from service.web.site_lists import SiteListQuery, site_list

from .number_answers import DEFAULT_RANGE, RANGES, NumbersAnswer, PeriodFigures, RangeChoice
from .number_summaries import SiteNumbers, add_numbers, read_numbers, summarize
from .number_texts import comparison, page_rows, reason_rows, register_number_texts

blueprint = Blueprint("number_pages", __name__)

#: Seconds for which the numbers of all sites are kept: reading them takes some ms for each site. If reading takes long,
#: they are kept for this many times as long as that, so that most of the time is not spent on reading.
ALL_SITES_SECONDS, READING_TIMES = 30.0, 10.0


#: Columns of CSV files, in the order of `_cells`. Times are in seconds.
CSV_COLUMNS = (
    "received", "published", "needs review", "spam", "removed", "withdrawn", "pending",
    "judged by filters", "without review", "filters median", "filters p90", "filters p99",
    "decided by people", "people median", "people p90", "people p99", "undone",
    *(f"corrected {by_filters} to {by_people}" for by_filters, by_people in CORRECTIONS), "reports",
)  # fmt: skip


class NumbersQuery(BaseModel):
    """The query string."""

    model_config = ConfigDict(extra="forbid")

    range: str = Field(DEFAULT_RANGE, max_length=10, description=f"One of {', '.join(RANGES)}.")

    @property
    def choice(self) -> RangeChoice:
        """Raises Invalid."""
        if self.range not in RANGES:
            raise Invalid([Problem("range", "unknown", f"must be one of {', '.join(RANGES)}")])
        return RANGES[self.range]


class AllNumbersQuery(NumbersQuery, SiteListQuery):
    """The query string of the page for all sites."""


@dataclass(frozen=True, slots=True)
class SiteTotals:
    """A row of the operators' table: no figures by period, which no row shows and which take most of the time."""

    site: Site
    total: PeriodFigures
    held_now: int
    oldest_held: datetime | None


class AllSitesCache:
    """Numbers of all sites by range; one per app."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._found: dict[str, tuple[float, list[tuple[Site, SiteNumbers]]]] = {}  # with the end of their time

    def get(self, name: str, now: datetime) -> list[tuple[Site, SiteNumbers]]:
        with self._lock:
            begun = time.monotonic()
            until, found = self._found.get(name, (0.0, []))
            if until < begun:
                periods, storage = RANGES[name].ending(now), deps().storage
                sites = storage.sites.all()
                empty = read_numbers(storage, "", periods, now)
                used = {site.id for site in storage.site_figures.read([site.id for site in sites]) if site.is_used}
                found = [
                    (site, read_numbers(storage, site.id, periods, now, n_pages=0) if site.id in used else empty)
                    for site in sites
                ]
                ended = time.monotonic()
                self._found[name] = ended + max(ALL_SITES_SECONDS, READING_TIMES * (ended - begun)), found
            return found


@blueprint.record_once
def init_numbers(state: BlueprintSetupState) -> None:
    state.app.extensions["replygate.all-numbers"] = AllSitesCache()
    register_number_texts(state.app.jinja_env)


def _of_site(site: str, query: NumbersQuery, with_work: bool) -> NumbersAnswer:
    now = deps().now()
    periods = query.choice.ending(now)
    return summarize(query.range, periods, read_numbers(deps().storage, site, periods, now), with_work)


@blueprint.get("/sites/<site>/numbers")
def numbers_page(site: str) -> str:
    signed, query, found = sessions.require_role(site, "viewer"), parsed_query(NumbersQuery), site_cache.get_site(site)
    numbers = _of_site(site, query, has_role(signed.person, site, "owner"))
    return render_template(
        "sites/numbers.html",
        **_frame(query, numbers),
        signed=signed,
        site=found,
        pages=page_rows(deps().storage, found, numbers),
    )


def _frame(query: NumbersQuery, numbers: NumbersAnswer) -> dict[str, object]:
    return {
        "query": query,
        "choice": query.choice,
        "ranges": RANGES,
        "numbers": numbers,
        "reasons": reason_rows(deps().signals, numbers),
        "comparison": comparison,
        "now": deps().now(),
        "actions": [action for action in Action if action.row.label or action is Action.REPLY],
    }


@blueprint.get("/sites/<site>/numbers.csv")
def numbers_csv(site: str) -> Response:
    sessions.require_role(site, "viewer")
    query = parsed_query(NumbersQuery)
    return csv_response(f"numbers-{site}-{query.range}", csv_rows(_of_site(site, query, with_work=False)))


@blueprint.get("/v1/sites/<site>/numbers")
@operation(
    summary="Get the numbers of a site over a range, for its owners",
    query=NumbersQuery,
    answers={200: NumbersAnswer},
    errors=(403, 404),
    auth="session",
    parse=False,
    tags=("numbers",),
)
def numbers_json(site: str) -> NumbersAnswer:
    sessions.require_role(site, "owner")
    return _of_site(site, parsed_query(NumbersQuery), with_work=True)


@blueprint.get("/ops/numbers")
def all_numbers_page() -> str:
    signed, query = sessions.require_operator(), parsed_query(AllNumbersQuery)
    numbers, totals = _of_all(query)
    shown = site_list(totals, lambda row: row.site, query)
    return render_template("sites/numbers.html", **_frame(query, numbers), signed=signed, site=None, totals=shown)


@blueprint.get("/ops/numbers.csv")
def all_numbers_csv() -> Response:
    sessions.require_operator()
    query = parsed_query(NumbersQuery)
    _, totals = _of_all(query)
    rows = [[row.site.id, row.site.name, *_cells(row.total), row.held_now] for row in totals]
    return csv_response(f"numbers-{query.range}", [["site", "name", *CSV_COLUMNS, "needs review now"], *rows])


def _of_all(query: NumbersQuery) -> tuple[NumbersAnswer, list[SiteTotals]]:
    now, cache = deps().now(), current_app.extensions["replygate.all-numbers"]
    periods = query.choice.ending(now)
    found: list[tuple[Site, SiteNumbers]] = cache.get(query.range, now)
    totals = [SiteTotals(site, raw.now.total(), sum(raw.held_ages), raw.oldest_held) for site, raw in found]
    totals.sort(key=lambda row: (-row.total.outcomes.received, row.site.id))
    added = add_numbers(raw for _, raw in found) if found else add_numbers([_nothing(query, now)])
    return summarize(query.range, periods, added, with_work=True), totals


def _nothing(query: NumbersQuery, now: datetime) -> SiteNumbers:
    """Numbers of a site without comments."""
    return read_numbers(deps().storage, "", query.choice.ending(now), now)


def csv_rows(numbers: NumbersAnswer) -> Iterator[list[Cell]]:
    """Yield the names of the columns, and a row for each period."""
    yield ["start", *CSV_COLUMNS, "held at end"]
    for period in numbers.periods:
        yield [period.start.isoformat(), *_cells(period.figures), period.held_at_end]


def _cells(figures: PeriodFigures) -> list[Cell]:
    outcomes, fast, slow = figures.outcomes, figures.filter_times, figures.review_times
    return [
        outcomes.received, outcomes.published, outcomes.needs_review, outcomes.spam, outcomes.removed,
        outcomes.withdrawn, outcomes.pending, figures.judged, figures.automatic, fast.median, fast.p90, fast.p99,
        figures.reviewed, slow.median, slow.p90, slow.p99, figures.undone, *figures.corrected.values(), figures.reports,
    ]  # fmt: skip
