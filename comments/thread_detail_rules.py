"""Rules for the title and the address of a thread, and the ways to set them."""

from collections.abc import Iterator
from dataclasses import replace

from .audit import AuditEntry
from .errors import Invalid, Problem
from .origins import origin_of
from .page_links import page_link
from .settings import Settings
from .site import Site
from .storage.interfaces import Storage
from .storage.thread_details import ThreadDetails
from .text_cleaning import clean_line, without_reordering
from .validation import LENGTHS, has_mark_flood, is_blank, is_web_address

#: Characters of a title. Longer ones do not fit into the subject of an email.
MAX_TITLE = 200
TITLE_FIELD, URL_FIELD = "thread_title", "thread_url"


def clean_title(text: str) -> str:
    """Return a title as one line without invisible characters."""
    title = clean_line(text)
    return "" if is_blank(title) else title


def title_problems(field: str, title: str) -> Iterator[Problem]:
    """Yield problems of a clean title."""
    if len(title) > MAX_TITLE:
        yield Problem(field, "too-long", f"The title has {len(title)} characters; the limit is {MAX_TITLE}.")
    elif has_mark_flood(title):
        yield Problem(field, "marks", "The title has too many combining marks on one letter. Remove some.")


def url_problems(field: str, url: str, site: Site, settings: Settings) -> Iterator[Problem]:
    """Yield problems of the address of a thread's page, which must be on the site or on this service."""
    if len(url) > LENGTHS["thread"]:
        yield Problem(field, "too-long", f"The address has {len(url)} characters; the limit is {LENGTHS['thread']}.")
    elif not is_web_address(url) or without_reordering(url) != url:
        yield Problem(field, "url", "The address of the page must be one such as https://example.com/post.")
    elif not page_link(site, url) and origin_of(url) != origin_of(settings.public_url):
        yield Problem(field, "origin", "The address of the page is not on the site. Add its origin to the settings.")


def set_details(
    storage: Storage, settings: Settings, site: Site, thread: str, title: str | None, url: str | None, entry: AuditEntry
) -> None:
    """Set the title and the address of a thread for its owner, and record that as `entry`. "" deletes one.

    Raises Invalid with every problem.
    """
    title, url = clean_title(title) if title is not None else None, url.strip() if url is not None else None
    problems = [*title_problems("title", title or ""), *(url_problems("url", url, site, settings) if url else ())]
    if url and is_web_address(thread):
        problems.append(Problem("url", "named-by-address", "This thread is named by its address. Move it instead."))
    if problems:
        raise Invalid(problems)
    keep_details(storage, site, thread, title, url, entry)


def keep_details(
    storage: Storage, site: Site, thread: str, title: str | None, url: str | None, entry: AuditEntry | None
) -> None:
    """Store checked details, and record a change as `entry`. Without an entry nothing that is set changes."""
    before = storage.thread_details.put(site.id, thread, title, url, only_missing=entry is None)
    if before is not None and entry is not None:
        after = ThreadDetails(before.title if title is None else title, before.url if url is None else url)
        storage.audit.append(replace(entry, subject=thread, before=str(before), after=str(after), site=site.id))
