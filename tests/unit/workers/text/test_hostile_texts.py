"""Texts that make a careless pattern slow: all code that reads comments handles 50,000 characters quickly."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from comments.setting_values import Term
from tests.support.builders import a_comment
from tests.unit.workers.about import facts
from workers.filters import BUILT_IN
from workers.learning.site_model import tokens
from workers.text.links import links
from workers.text.normalization import fold
from workers.text.profanity import mask, profane_words
from workers.text.tokens import bands

LENGTH = 50_000
UNITS = (
    "a", "a ", "a.", "a1", "1a", "<", "<a", "<a ", "&", "&#", "a.b", "f u ", "f.u", "x@", "a@b.", "!", "_a", "-", "*",
    "**", "http:", "http://", "[", "](", "](//", "%", "0x", "1.", "www.", "dot ", "( dot", "[.", "\n", "'", "fuck",
    "//", "fu ck ", "s.", "ass", "as s ", "sh!", "e\u0301", "\u200b", "a\u200b", "к", "aк", "哈", "é", "ﷺ",
    "我要杀了你", "「我要杀了你」", '"я тебя убью" ',
)  # fmt: skip


@contextmanager
def given_up_after(seconds: int) -> Iterator[None]:
    """Limit the processor time: far more than linear code needs, far less than quadratic code takes."""

    def give_up(number: int, frame: object) -> None:
        raise AssertionError("this takes far longer than in proportion to the text")

    before = signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@pytest.mark.parametrize("unit", UNITS)
def test_a_hostile_text_is_judged_quickly(unit):
    text = unit * (LENGTH // len(unit))
    comment = a_comment(content=text, url=text[:2000], author=text[:2000])
    known = facts(hold_words=(Term("some phrase"), Term("x@y")), max_content=LENGTH, profanity="mask")
    with given_up_after(20):
        fold(text), links(text), bands(text), profane_words(text), mask(text), tokens(comment)
        for f in BUILT_IN:
            list(f(comment, known))
