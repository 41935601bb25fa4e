"""The site's requirements are checked again when a comment is judged."""

from datetime import timedelta

import pytest

from tests.support.builders import a_comment
from tests.unit.workers.about import seen
from workers.filters.requirements import RequirementFilter

COMMENT = a_comment()


def test_a_valid_comment_gives_no_signal():
    assert seen(RequirementFilter()) == {}


@pytest.mark.parametrize(
    ("changes", "evidence"),
    [
        ({"author": ""}, "the name is missing"),
        ({"email": "nobody"}, "the email address is no email address"),
        ({"content": "x" * 101}, "the text is too long"),
        ({"url": "javascript:alert(1)"}, "the website is no web address"),
        ({"author": "", "content": ""}, "the name is missing, the text is missing"),
    ],
)
def test_every_field_that_breaks_a_rule_is_named(changes, evidence):
    found = seen(RequirementFilter(), a_comment(**changes), max_content=100)
    assert found["requirements.fields"].evidence == evidence


def test_a_reply_to_an_unpublished_comment_is_held():
    reply = a_comment(parent="a" * 26)
    assert set(seen(RequirementFilter(), reply, parent_published=False)) == {"requirements.parent"}
    assert seen(RequirementFilter(), reply, parent_published=True) == {}


def test_a_closed_thread_accepts_no_comments():
    assert set(seen(RequirementFilter(), thread_closed=True)) == {"requirements.thread"}


def test_the_age_of_a_thread_counts_at_the_time_of_the_comment():
    late, early = COMMENT.received - timedelta(days=7, seconds=1), COMMENT.received - timedelta(days=6)
    assert set(seen(RequirementFilter(), COMMENT, close_after_days=7, thread_opened=late)) == {"requirements.thread"}
    assert seen(RequirementFilter(), COMMENT, close_after_days=7, thread_opened=early) == {}
    assert seen(RequirementFilter(), COMMENT, close_after_days=7, thread_opened=None) == {}
    assert seen(RequirementFilter(), COMMENT, close_after_days=0, thread_opened=late) == {}
