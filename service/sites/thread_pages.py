"""Owners' pages of a site's threads: search them, open and close them, set their title and address."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from comments.audit import AuditAction
from comments.errors import Invalid, NotFound, Problem
from comments.page_links import page_link
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.thread_details import ThreadDetails
from comments.thread_addresses import MAX_THREAD_TEXT, readable_address, thread_key
from comments.thread_detail_rules import set_details
from comments.thread_plans import known_threads
from service.accounts import sessions
from service.accounts.audit_trail import entry
from service.deps import deps
from service.web import site_cache
from service.web.operations import parsed_query
from service.web.thread_links import requested_thread

blueprint = Blueprint("thread_pages", __name__, url_prefix="/sites/<site>/threads")

#: Threads on a page, and threads that one search looks through: about 0.3 s.
THREADS_PER_PAGE, SEARCHED_THREADS = 25, 20_000
#: Threads whose titles are read at a time.
READ_AT_ONCE = 500


class ThreadsQuery(BaseModel):
    """Query string of the list."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field("", max_length=200)
    after: str = Field("", max_length=MAX_THREAD_TEXT, description="last thread of the page before")
    done: str = Field("", max_length=20)
    n: int = Field(0, ge=0)


class OneThreadQuery(BaseModel):
    """Query string of one thread's page."""

    model_config = ConfigDict(extra="forbid")

    thread: str = Field(min_length=1, max_length=MAX_THREAD_TEXT)
    done: str = Field("", max_length=20)


@dataclass(frozen=True, slots=True)
class ThreadSummary:
    """A thread as owners see it."""

    name: str
    details: ThreadDetails
    comments: int
    last: datetime | None  # time of the latest published comment
    is_closed: bool
    link: str

    @property
    def readable(self) -> str:
        return readable_address(self.name)

    @property
    def title(self) -> str:
        return self.details.title or self.readable


@blueprint.get("")
def threads_page(site: str) -> str:
    signed, query = sessions.require_role(site, "owner"), parsed_query(ThreadsQuery)
    found, storage = site_cache.get_site(site), deps().storage
    names = list(islice(_matching(storage, found, query.q.strip(), query.after), THREADS_PER_PAGE + 1))
    return render_template(
        "sites/threads.html",
        site=found,
        signed=signed,
        query=query,
        threads=summaries(storage, found, names[:THREADS_PER_PAGE]),
        following=names[THREADS_PER_PAGE - 1] if len(names) > THREADS_PER_PAGE else "",
        now=deps().now(),
    )


def _matching(storage: Storage, site: Site, text: str, after: str) -> Iterator[str]:
    """Yield names of threads whose name, title or address contains `text`, in any spelling of an address."""
    names = islice(known_threads(storage, site.id, after=after), SEARCHED_THREADS)
    if not text:
        yield from names
        return
    wanted = {text.casefold(), thread_key(text, site).casefold()}
    while batch := list(islice(names, READ_AT_ONCE)):
        for name, details in zip(batch, storage.thread_details.get(site.id, batch), strict=True):
            shown = "\n".join((name, readable_address(name), details.title, details.url)).casefold()
            if any(part in shown for part in wanted):
                yield name


def summaries(storage: Storage, site: Site, names: Sequence[str]) -> list[ThreadSummary]:
    rows = zip(names, storage.thread_details.get(site.id, names), storage.threads.counts(site.id, names), strict=True)
    return [_summary(storage, site, name, details, comments) for name, details, comments in rows]


def _summary(storage: Storage, site: Site, name: str, details: ThreadDetails, comments: int) -> ThreadSummary:
    newest = storage.threads.newest(site.id, name, 1) if comments else []
    closed, link = storage.threads.is_closed(site.id, name), page_link(site, name, details)
    return ThreadSummary(name, details, comments, newest[0].received if newest else None, closed, link)


@blueprint.get("/one")
def one_thread_page(site: str) -> str:
    """Show one thread with the forms about it. Raises NotFound for a thread without comments."""
    sessions.require_role(site, "owner")
    query = parsed_query(OneThreadQuery)
    return _page(site_cache.get_site(site), query.thread, done=query.done)


def _page(site: Site, name: str, done: str = "", problems: Sequence[Problem] = (), **given: str) -> str:
    storage, key = deps().storage, requested_thread(site, name)
    if storage.thread_moves.known(site.id, key, "", 1) != [key]:
        raise NotFound("there is no such thread")
    aliases = [alias.alias for alias in storage.thread_moves.aliases(site.id) if alias.thread == key]
    (summary,) = summaries(storage, site, [key])
    return render_template(
        "sites/thread.html",
        site=site,
        signed=sessions.require_role(site.id, "owner"),
        thread=summary,
        now=deps().now(),
        is_address=key.startswith(("http://", "https://")),
        aliases=sorted(map(readable_address, aliases)),
        done=done,
        problems=problems,
        title=given.get("title", summary.details.title),
        url=given.get("url", summary.details.url),
    )


@blueprint.post("/details")
def save_details(site: str) -> ResponseReturnValue:
    """Set the title and the address of a thread."""
    signed, found = sessions.require_change(site, "owner"), site_cache.get_site(site)
    name, title = request.form.get("thread", ""), request.form.get("title", "")
    key, url = requested_thread(found, name), request.form.get("url")
    template = entry(signed, AuditAction.THREAD_SET, site=site)
    try:
        set_details(deps().storage, deps().settings, found, key, title, url, template)
    except Invalid as error:
        return _page(found, name, problems=error.problems, title=title, **({"url": url} if url else {})), 422
    return redirect(url_for("thread_pages.one_thread_page", site=site, thread=key, done="saved"), 303)


@blueprint.post("/state")
def change_state(site: str) -> ResponseReturnValue:
    """Close a thread for new comments, or open it."""
    signed, found = sessions.require_change(site, "owner"), site_cache.get_site(site)
    key, close = requested_thread(found, request.form.get("thread", "")), request.form.get("closed") == "yes"
    storage = deps().storage
    if storage.threads.is_closed(site, key) != close:
        storage.threads.set_closed(site, key, close)
        storage.audit.append(
            entry(signed, AuditAction.THREAD_CLOSE if close else AuditAction.THREAD_OPEN, key, site=site)
        )
    done = "closed" if close else "opened"
    return redirect(url_for("thread_pages.one_thread_page", site=site, thread=key, done=done), 303)
