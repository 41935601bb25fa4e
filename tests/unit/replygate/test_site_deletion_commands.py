"""Deleting and restoring a site on the command line."""

from collections.abc import Callable

from click.testing import Result

from comments.audit import AuditAction
from comments.site import Site
from comments.storage.interfaces import Storage

Run = Callable[..., Result]


def test_a_site_is_deleted_only_by_its_name_and_can_be_restored(run: Run, storage: Storage, blog: Site) -> None:
    refused = run("site", "delete", "blog", "--name", "Blog")
    assert "A blog" in refused.output
    assert storage.sites.get("blog").deleted is None
    assert "removed after" in run("site", "delete", "blog", "--name", "A blog").stdout
    assert storage.sites.get("blog").deleted is not None
    assert "# deleted=20" in run("site", "show", "blog").stdout
    run("site", "restore", "blog")
    assert storage.sites.get("blog") == blog
    acts = [entry.action for entry in storage.audit.all("blog")]
    assert acts == [AuditAction.SITE_DELETE, AuditAction.SITE_RESTORE]
