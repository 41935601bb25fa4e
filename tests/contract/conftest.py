"""The core stores of both back ends, one of them on Valkey and on Redis: the same tests run on each."""

import pytest

from comments.storage.interfaces import CoreStorage

#: Tests with hundreds of calls that touch no other keys than shorter tests do. A cluster runs only the shorter ones.
_LONG = frozenset(
    {
        "test_a_site_has_a_limited_number_of_moved_prefixes",
        "test_a_thread_may_be_as_deep_as_allowed",
        "test_an_older_honest_score_counts_again_when_a_later_one_is_removed",
        "test_changes_since_a_forgotten_version_are_incomplete",
        "test_searches_agree_with_a_plain_filter_after_many_random_decisions",
        "test_the_number_of_recent_comments_is_limited",
    }
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    on_cluster = {f"{name}[cluster_storage" for name in _LONG}
    items[:] = [item for item in items if not item.name.startswith(tuple(on_cluster))]


@pytest.fixture(params=["memory", "redis_storage", "original_redis_storage", "cluster_storage"])
def storage(request: pytest.FixtureRequest) -> CoreStorage:
    chosen: CoreStorage = request.getfixturevalue(request.param)
    return chosen
