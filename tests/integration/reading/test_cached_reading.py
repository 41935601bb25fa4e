"""No public address ever shows an unpublished comment, whatever happens and whatever is cached.

Careless caches show that the state machine would detect it.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import run_state_machine_as_test

from comments.drafts import withdrawn
from comments.lifecycle import Action, Role, Status
from comments.storage.interfaces import Storage
from comments.storage.values import ThreadPage, ThreadRow
from service.reading.fast_path import ReadingFastPath, ResponseSource
from service.web.response_cache import RenderedBody, ResponseCache
from service.web.site_cache import SiteCache
from tests.support.builders import NOW, a_decision
from tests.support.public_app import PublicApp
from tests.support.reading_model import THREADS, ReadingModel
from tests.support.stored import new_storage


class StaleCache(ResponseCache):
    """Returns a cached body whatever its version."""

    def rendered(self, key: Hashable, etag: str, render: Callable[[], RenderedBody]) -> RenderedBody:
        return super().rendered(key, "always", render)


class ReadingForgetfully(ReadingModel):
    def open_public_app(self, storage: Storage) -> PublicApp:
        web = super().open_public_app(storage)
        StaleCache().init_app(web.app)
        return web


class StaleFastPath(ReadingFastPath):
    """Repeats an answer without checking its version."""

    def _is_current(self, source: ResponseSource) -> bool:
        return True


class ReadingHastily(ReadingModel):
    def open_public_app(self, storage: Storage) -> PublicApp:
        web = super().open_public_app(storage)
        web.app.wsgi_app = StaleFastPath(web.app.wsgi_app, SiteCache(storage.sites), storage.threads, ResponseCache())
        return web


@dataclass(frozen=True)
class Shallow:
    """Threads that hide a comment, but not what is below it."""

    storage: Storage

    def page(self, site: str, thread: str, *rest: Any) -> ThreadPage:
        found = self.storage.comments.by_status(site, Status.APPROVED, 100).rows
        rows = tuple(ThreadRow(c) for c in found if c.thread == thread)
        return ThreadPage(rows, "", len(rows))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.storage.threads, name)


class ReadingShallowly(ReadingModel):
    def open_public_app(self, storage: Storage) -> PublicApp:
        shallow: Any = Shallow(storage)
        return super().open_public_app(replace(storage, threads=shallow))


SETTINGS = hypothesis_settings(
    max_examples=6, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)


def run() -> None:
    def machine() -> ReadingModel:
        made = ReadingModel()
        made.storage = new_storage()
        return made

    run_state_machine_as_test(machine, settings=SETTINGS)  # type: ignore[arg-type]


def test_unpublished_comments_are_never_shown() -> None:
    run()


def hide_after_reading(kind: type[ReadingModel]) -> None:
    """Publish a comment with a reply, read both, and hide the comment."""
    machine = kind()
    machine.storage = new_storage()
    machine.begin()
    thread = THREADS[0]
    first = machine.published(thread)
    assert first
    assert machine.published(thread, first.comment.id)
    check_all_pages(machine)
    removed = first.comment.with_decision(a_decision(Action.REMOVE, Role.MODERATOR, "mo"))
    machine.change(first, first.comment, removed.with_hidden_replies())
    check_all_pages(machine)


def edit_after_reading(storage: Storage) -> None:
    """Edits that are pending, refused, applied and withdrawn."""
    machine = ReadingModel()
    machine.storage = storage
    machine.begin()
    first = machine.published(THREADS[0])
    assert first
    assert machine.published(THREADS[0], first.comment.id)
    for by_filters, by_person in ((Action.HOLD, Action.APPROVE), (Action.HOLD, Action.SPAM)):
        machine.rewrite(first)
        check_all_pages(machine)
        assert first.draft
        machine.change(first, first.draft, first.draft.with_decision(a_decision(by_filters)))
        check_all_pages(machine)
        machine.change(first, first.draft, first.draft.with_decision(a_decision(by_person, Role.MODERATOR, "mo")))
        check_all_pages(machine)
    assert len(first.texts) == 3
    machine.change(first, first.comment, withdrawn(first.comment, NOW))
    check_all_pages(machine)


def check_all_pages(machine: ReadingModel) -> None:
    for _ in range(4):  # two web processes, two threads
        machine.hidden_text_is_never_shown()
        machine.everything_published_is_shown()
        machine.events_describe_the_published_comments()


def test_the_oracle_accepts_correct_caches() -> None:
    hide_after_reading(ReadingModel)


def test_readers_see_an_edit_only_after_its_approval(storage: Storage) -> None:
    edit_after_reading(storage)


@pytest.mark.parametrize("careless", [ReadingForgetfully, ReadingHastily, ReadingShallowly])
def test_the_oracle_detects_stale_caches(careless: type[ReadingModel]) -> None:
    with pytest.raises(AssertionError):
        hide_after_reading(careless)
