"""Regular expressions take linear time, and a wrong one is refused with the position of the mistake."""

import time

import pytest

from comments.author_rules import RuleTarget
from comments.expressions import MAX_EXPRESSION, compile_expression
from comments.pseudonyms import Pseudonyms
from comments.rule_lists import ListDefaults, parse_rules
from comments.rule_values import parse_value
from comments.setting_values import Term, checked_term
from tests.support.builders import NOW, SECRET


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [
        ("ab(c", "missing ) at position 3"),
        ("a)b", "unexpected ) at position 2"),
        ("[a(](b", r"missing \) at position 5"),
        ("x[z-a]", "invalid character class range at position 3"),
        ("ok(?=x)", "invalid perl operator at position 3"),
        (r"(a)\1", "invalid escape sequence at position 4"),
        ("x**", "bad repetition operator at position 2"),
        ("ab\\", r"trailing \\ at position 3"),
        ("a{2000}", "invalid repetition size at position 2"),
    ],
)
def test_a_wrong_expression_is_refused_with_the_position(pattern: str, complaint: str) -> None:
    with pytest.raises(ValueError) as refused:
        compile_expression(pattern)
    assert complaint.replace("\\)", ")").replace("\\\\", "\\") in str(refused.value)


@pytest.mark.parametrize("pattern", ["a" * (MAX_EXPRESSION + 1), "((a{30}){30}){30}", "((a{100}){10}b){9}", "a*", "|b"])
def test_an_expression_that_is_too_large_or_matches_everything_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError):
        compile_expression(pattern)


def test_capitals_and_small_letters_are_equal_unless_the_expression_says_otherwise() -> None:
    assert compile_expression("café").search("CAFÉ")
    assert not compile_expression("(?-i)café").search("CAFÉ")


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|aa)+$", r"([a-zA-Z]+)*$x", r"(.*a){20}b"])
def test_a_hostile_expression_takes_linear_time(pattern: str) -> None:
    expression = compile_expression(f"{pattern}")
    begun = time.process_time()
    expression.search("a" * 15_000 + "!")
    assert time.process_time() - begun < 2  # a backtracking matcher would need longer than the universe has existed


FLAGGED = [
    ("/casino/i", "Write /casino/:"),
    ("/casino/GI", "Write /casino/:"),
    ("/a.b/is", "Write /(?s)a.b/:"),
    ("/x/y/m", "Write /(?m)x/y/:"),
    ("//", "no regular expression between its slashes"),
]


@pytest.mark.parametrize(("text", "advice"), FLAGGED)
def test_an_expression_with_flags_after_its_slashes_is_refused_everywhere_with_advice(text: str, advice: str) -> None:
    with pytest.raises(ValueError) as refused:
        checked_term(f"url:{text}")
    assert advice in str(refused.value)
    for kind in ("term", "expression"):
        with pytest.raises(ValueError) as refused:
            parse_value(kind, text, "blog", Pseudonyms(SECRET))
        assert advice in str(refused.value)
    for line in (text, f"term,{text}", f"expression,{text}", f"term,author:{text}"):
        parsed = parse_rules(line, ListDefaults("mo", NOW, "blog"), Pseudonyms(SECRET))
        assert not parsed.rules
        assert advice in parsed.problems[0].message


@pytest.mark.parametrize("text", ["/wp-admin/setup", "/en/news", "and/or", "km/s", "https://shop.example/i", "/i"])
def test_a_path_is_an_ordinary_term(text: str) -> None:
    assert checked_term(text) == Term(text)
    assert parse_value("term", text, "blog", Pseudonyms(SECRET)).target is RuleTarget.TERM


@pytest.mark.parametrize("text", ["//x/i/", "/(?i)casino/", "/(?-i)Casino/"])
def test_an_expression_may_contain_slashes_and_flags_of_its_own(text: str) -> None:
    assert checked_term(text) == Term(text)
    assert parse_value("expression", text, "blog", Pseudonyms(SECRET)).value == text


def test_a_setting_takes_an_expression_between_slashes_and_refuses_a_wrong_one() -> None:
    assert checked_term("url:/ca[s5]ino/") == Term("/ca[s5]ino/", ("url",))
    with pytest.raises(ValueError, match="position 1"):
        checked_term("/(/")
