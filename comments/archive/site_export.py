"""Export of a site as JSON lines, while the service runs and in flat memory."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from comments.pseudonyms import Pseudonyms
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.values import DATA_VERSION

from .export_lines import EXPORT_END, EXPORT_HEADER, EXPORT_VERSION, comment_line, line, member_line, row_line
from .exported_members import member_of
from .left_out import site_values


def export_lines(storage: Storage, site: Site, pseudonyms: Pseudonyms, with_secrets: bool = False) -> Iterator[str]:
    """Return the lines of an export. Audit entries that are written after this call are not part of it."""
    return _with_end(_lines(storage, site, pseudonyms, with_secrets, storage.archives.audit_end(site.id)))


def _lines(storage: Storage, site: Site, pseudonyms: Pseudonyms, with_secrets: bool, audit_end: str) -> Iterator[str]:
    yield line(EXPORT_HEADER, _header(pseudonyms, with_secrets))
    # Read now: an erasure may have changed its texts since the export began.
    yield line("site", site_values(storage.sites.get(site.id), with_secrets))
    for person in storage.people.all():
        if member := member_of(person, site.id):
            yield member_line(member, with_secrets)
    for archived in storage.archives.comments(site.id):
        yield comment_line(archived.comment)
        yield from map(row_line, archived.rows)
    yield from map(row_line, storage.archives.rows(site.id, audit_end))


def _header(pseudonyms: Pseudonyms, with_secrets: bool) -> dict[str, Any]:
    fingerprint = secret_key_fingerprint(pseudonyms)
    return {"version": EXPORT_VERSION, "data": DATA_VERSION, "secrets": with_secrets, "secret_key": fingerprint}


def secret_key_fingerprint(pseudonyms: Pseudonyms) -> str:
    """Return a name of the installation's secret key, from which the key cannot be found."""
    return pseudonyms.seal("secret key of an export")


def _with_end(lines: Iterator[str]) -> Iterator[str]:
    """Yield the lines, and one that proves that the file is whole."""
    n, seen = 0, sha256()
    for each in lines:
        n += 1
        seen.update(each.encode() + b"\n")
        yield each
    yield line(EXPORT_END, {"lines": n, "sha256": seen.hexdigest()})
