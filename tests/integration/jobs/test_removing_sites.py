"""The background job that removes the data of a deleted site after some days."""

from datetime import datetime, timedelta

import pytest
import redis

from comments.job_queue import REMOVE_SITE
from comments.lifecycle import Status
from comments.moderator_notices import NoticeChoice, SiteNotices
from comments.person import Person
from comments.saved_views import SavedView
from comments.settings import Settings
from comments.site_deletion import GRACE_PERIOD, deleted_site
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from tests.support.builders import NOW, a_site, accepted, settings
from tests.support.recorded_jobs import RecordedJobs
from workers.deps import Deps, set_deps
from workers.filters import BUILT_IN
from workers.jobs import judge, remove_site
from workers.judging.policy import build_policy
from workers.sweep import Sweep

VIEWS = (SavedView("blog", "Mine", "status=spam"), SavedView("shop", "Mine", "status=spam"))
LATER = NOW + GRACE_PERIOD + timedelta(hours=1)


@pytest.fixture
def deleted(storage: Storage) -> Storage:
    """A storage with the site "blog", which was deleted, and the site "shop"."""
    for id in ("blog", "shop"):
        storage.sites.put(a_site(id=id))
        accepted(storage, site=id)
    storage.sites.put(deleted_site(storage.sites.get("blog"), NOW))
    roles, notices = {"blog": "owner", "shop": "moderator"}, (SiteNotices("blog", NoticeChoice()),)
    storage.people.put(Person("mo", roles, notices=notices, views=VIEWS))
    return storage


def at(storage: Storage, moment: datetime) -> RecordedJobs:
    jobs = RecordedJobs()
    set_deps(Deps(settings(), storage, lambda: moment, jobs, BUILT_IN, build_policy(BUILT_IN, {})))
    return jobs


def swept(storage: Storage, moment: datetime, connection: redis.Redis) -> list[tuple[str, str]]:
    jobs = RecordedJobs()
    deps = Deps(settings(), storage, lambda: moment, jobs, BUILT_IN, build_policy(BUILT_IN, {}))
    Sweep(deps, connection).run_once()
    return [(job, site) for job, site, _ in jobs.jobs if site == "blog"]


def test_nothing_is_removed_in_the_grace_period(deleted: Storage, valkey_settings: Settings) -> None:
    soon = NOW + GRACE_PERIOD - timedelta(minutes=1)
    assert swept(deleted, soon, connect(valkey_settings)) == []
    at(deleted, soon)
    remove_site("blog", "")
    assert len(deleted.comments.by_status("blog", Status.QUEUED, 10).rows) == 1


def test_a_deleted_site_is_not_worked_on(deleted: Storage) -> None:
    at(deleted, NOW)
    judge("blog", "token")
    assert len(deleted.comments.by_status("blog", Status.QUEUED, 10).rows) == 1


def test_the_site_its_keys_and_its_roles_are_removed_after_the_grace_period(
    deleted: Storage, valkey_settings: Settings
) -> None:
    connection = connect(valkey_settings)
    assert swept(deleted, LATER, connection) == [(REMOVE_SITE, "blog")]
    at(deleted, LATER)
    remove_site("blog", "")
    assert [site.id for site in deleted.sites.all()] == ["shop"]
    assert [key for key in connection.scan_iter() if b"{blog}" in key] == []
    mo = deleted.people.get("mo")
    assert (mo.roles, mo.notices, mo.views) == ({"shop": "moderator"}, (), VIEWS[1:])
    assert len(deleted.comments.by_status("shop", Status.QUEUED, 10).rows) == 1


def test_a_restored_site_is_worked_on_again(deleted: Storage) -> None:
    deleted.sites.put(a_site())
    at(deleted, NOW)
    judge("blog", "token")
    assert deleted.comments.by_status("blog", Status.QUEUED, 10).rows == ()
