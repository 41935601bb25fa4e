"""Sites that learn together, on every back end."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from comments.lifecycle import Action
from comments.model import Comment
from comments.settings import Settings
from comments.shared_learning import LearningGroups
from comments.storage.corpus_lessons import Quota
from comments.storage.interfaces import Storage
from comments.storage.memory import open_memory
from comments.storage.redis import open_redis
from comments.storage.values import EvidenceQuery, TokenCounts
from tests.support.builders import accepted, decided, moderated

TOGETHER = LearningGroups((("blog", "shop"),))


@pytest.fixture(params=["memory", "valkey_settings", "cluster_settings"])
def storage(request: pytest.FixtureRequest) -> Storage:
    if request.param == "memory":
        return open_memory(lambda: datetime.now(UTC), TOGETHER)
    settings: Settings = request.getfixturevalue(request.param)
    return open_redis(replace(settings, learn_together=TOGETHER))


def learn_comment(storage: Storage, site: str, action: Action, *quotas: Quota) -> Comment:
    held = decided(storage, accepted(storage, site=site), Action.HOLD)
    comment = moderated(storage, held, action)
    storage.corpus.learn(site, comment, frozenset({"casino"}), quotas)
    return comment


def token_counts(storage: Storage, site: str) -> TokenCounts:
    """Return the token counts by which a comment on the site is judged."""
    return storage.evidence.look_up(site, [EvidenceQuery(tokens=frozenset({"casino"}))])[0].corpus


def test_sites_that_learn_together_share_lessons_with_no_other_site(storage: Storage) -> None:
    learn_comment(storage, "blog", Action.SPAM)
    learn_comment(storage, "shop", Action.APPROVE)
    learn_comment(storage, "news", Action.SPAM)
    both = TokenCounts(1, 1, {"casino": (1, 1)})
    assert token_counts(storage, "blog") == token_counts(storage, "shop") == both
    assert storage.corpus.snapshot("blog") == storage.corpus.snapshot("shop") == both
    assert storage.corpus.totals("shop") == (1, 1)
    assert token_counts(storage, "news") == TokenCounts(0, 1, {"casino": (0, 1)})


def test_each_site_removes_exactly_its_own_lessons(storage: Storage) -> None:
    spam, lesson = learn_comment(storage, "blog", Action.SPAM), learn_comment(storage, "shop", Action.SPAM)
    removed = moderated(storage, lesson, Action.REMOVE)
    assert storage.corpus.learn("shop", removed, frozenset())
    assert token_counts(storage, "shop") == TokenCounts(0, 1, {"casino": (0, 1)})
    assert storage.corpus.learn("blog", moderated(storage, spam, Action.REMOVE), frozenset())
    assert token_counts(storage, "shop") == TokenCounts()


def test_a_campaign_on_both_sites_counts_as_one(storage: Storage) -> None:
    for n in range(8):
        learn_comment(storage, "blog" if n % 2 else "shop", Action.SPAM, Quota("campaign", 3))
    assert storage.corpus.totals("blog") == (0, 3)


def test_due_comments_stay_with_their_site(storage: Storage) -> None:
    ids = {site: learn_comment(storage, site, Action.SPAM).id for site in ("blog", "shop")}
    storage.corpus.forget("shop", {site: [id] for site, id in ids.items()})
    assert storage.corpus.snapshot("blog") == TokenCounts()
    for site, id in ids.items():
        assert storage.corpus.due(site, 9) == [id]
        assert storage.corpus.learn(site, storage.comments.get(site, id), frozenset({"casino"}))
    assert token_counts(storage, "blog") == TokenCounts(0, 2, {"casino": (0, 2)})
