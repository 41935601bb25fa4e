"""Groups of sites that learn together are read from one line."""

import pytest

from comments.errors import SettingsInvalid
from comments.settings import Settings
from comments.shared_learning import ALONE, LearningGroups, parse_learning_groups
from tests.support.builders import SECRET


def test_groups_are_parsed_with_or_without_spaces() -> None:
    assert parse_learning_groups("blog,shop; news , video") == LearningGroups((("blog", "shop"), ("news", "video")))
    assert parse_learning_groups("") == parse_learning_groups(" ; ") == ALONE


def test_the_first_site_stores_the_lessons_of_its_group() -> None:
    groups = parse_learning_groups("blog,shop;news,video")
    assert [groups.corpus_site(site) for site in ("blog", "shop", "video", "demo")] == ["blog", "blog", "news", "demo"]
    assert groups.of("video") == ("news", "video")
    assert groups.of("demo") == ("demo",)


@pytest.mark.parametrize("text", ["blog", "blog,", "blog,Shop", "blog,shop;video", "blog,shop;shop,video", "blog,blog"])
def test_a_malformed_group_stops_the_start(text: str) -> None:
    with pytest.raises(SettingsInvalid, match="LEARN_TOGETHER"):
        Settings.from_env({"REPLYGATE_SECRET_KEY": SECRET, "REPLYGATE_LEARN_TOGETHER": text})
