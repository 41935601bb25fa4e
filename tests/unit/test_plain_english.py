"""The check of the project's English finds what it is for, and nothing in the tree."""

import pytest

from tools.plain_english import banned_labels, riddles


@pytest.mark.parametrize("word", ["What", "Whether", "Who", "How", "Where", "Which"])
def test_a_docstring_that_starts_with_a_question_word_is_found(word: str) -> None:
    source = f'"""{word} a site keeps."""\n\n\ndef f():\n    """{word} it is."""\n'
    assert [line for line, _ in riddles(source)] == [1, 5]


def test_a_docstring_that_starts_with_a_verb_or_a_noun_passes() -> None:
    assert list(riddles('"""Keep sites."""\n\n\ndef f():\n    """Howitzers and whatever."""\n')) == []


def test_a_banned_label_is_found_where_people_see_it() -> None:
    lines = [
        '<button title="x">Settle it</button>',
        '{# settle #}<a class="settled">{{ settled }}</a>',
        "<p>No standing yet.",
    ]
    assert [line for line, _ in banned_labels("\n".join(lines))] == [1, 3]


def test_names_in_markup_and_expressions_are_not_labels() -> None:
    assert list(banned_labels("{% if standing %}<b data-settle='1'>{{ take_back }}</b>{% endif %}")) == []
