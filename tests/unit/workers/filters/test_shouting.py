"""Shouting is recognized in scripts with capitals, and holds a comment at most."""

import pytest

from comments.lifecycle import Action
from tests.support.builders import NOW, a_comment
from tests.unit.workers.about import policy, seen
from workers.filters.shouting import ShoutingFilter


def names(content: str) -> set[str]:
    return set(seen(ShoutingFilter(), a_comment(content=content)))


@pytest.mark.parametrize(
    ("content", "signal"),
    [
        ("THIS IS THE WORST THING I HAVE EVER READ", "shouting.capitals"),
        ("ЭТО ХУДШЕЕ, ЧТО Я КОГДА-ЛИБО ЧИТАЛ", "shouting.capitals"),
        ("sooooooo good", "shouting.repetition"),
        ("what??????", "shouting.repetition"),
        ("what?????", "shouting.repetition"),
        ("buy now " * 10, "shouting.repetition"),
        ("Great! Superb! Wonderful! Buy!", "shouting.exclamation"),
    ],
)
def test_shouting_gives_a_signal(content, signal):
    assert names(content) == {signal}


@pytest.mark.parametrize(
    "content",
    [
        "A calm remark. With two sentences!",
        "NATO, the USA and the EU met in ROME.",
        "I AGREE",
        "what????",
        "哈哈哈哈哈哈哈哈",
        "5555555",
        "It cost 1000000 dollars",
        "これはとても良い記事だと思います、ありがとうございました",
        "مقال رائع جدا شكرا لكم على هذا الجهد الكبير",
        "ეს არის ძალიან კარგი სტატია და მადლობა ამისთვის",
        "Line one\n-----------\nline two ..........",
        "the cat and the dog and the bird and the fish and the cow and a horse",
    ],
)
def test_ordinary_writing_in_any_script_gives_no_signal(content):
    assert names(content) == set()


def test_all_kinds_of_shouting_together_hold_and_are_not_spam():
    found = seen(ShoutingFilter(), a_comment(content="BUY NOW!!!!!!!!!! " * 20))
    assert len(found) == 3
    assert policy(ShoutingFilter()).decide(found.values(), NOW).action is Action.HOLD
