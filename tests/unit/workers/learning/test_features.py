"""Features of a comment for the shipped model."""

import math
import random
import time
from collections import Counter

import pytest

from comments.model import Comment
from tests.support.builders import a_comment
from workers.learning.features import BUCKETS, SIZE, START, VECTOR_LENGTH, Family, bucket, bucket_values, features
from workers.text.style_measures import style_measures
from workers.text.traits import WEIGHT_LIMITS

TALKATIVE = a_comment(
    author="Cheap Loans 24",
    url="https://cheap-loans24.example.xyz/",
    content="Visit https://bit.ly/abc NOW and win $500!!! Call +1 555 123 4567, free money for everybody.",
)


def of(comment: Comment, family: Family) -> list[float]:
    start, end = START[family], START[family] + BUCKETS[family]
    return [value for place, value in bucket_values(comment) if start <= place < end]


def test_the_same_comment_has_the_same_features_in_every_process() -> None:
    places = sorted(place for place, _ in bucket_values(a_comment(author="", content="hello hello world")))
    assert places[:2] == [4419, 9862]


@pytest.mark.parametrize("family", list(Family))
def test_the_vector_of_a_family_has_a_fixed_length(family: Family) -> None:
    values = of(TALKATIVE, family)
    assert math.isclose(sum(value**2 for value in values), VECTOR_LENGTH[family] ** 2)


def test_every_feature_has_a_bucket_in_the_table() -> None:
    assert all(0 <= place < SIZE for place, _ in bucket_values(TALKATIVE))


def test_empty_fields_have_no_features() -> None:
    families = Counter(f for f in Family if of(a_comment(author="", url="", content=""), f))
    assert not families


def test_the_email_and_the_origin_are_no_features() -> None:
    one = list(bucket_values(a_comment(email="a@example.org", origin="x", content="hello there")))
    other = list(bucket_values(a_comment(email="b@example.net", origin="y", content="hello there")))
    assert one == other


@pytest.mark.parametrize(
    ("content", "flag"),
    [
        ("see https://bit.ly/x1", "shortened link"),
        ("see https://example.org/2020/01/a-title-of-words", "link to an article"),
        ("buy now for $500", "sum of money"),
        ("call +1 555 123 4567", "telephone number"),
        ("write to a@example.org", "e-mail address"),
        ("@ada that is right", "name after @"),
        ("𝗳𝗿𝗲𝗲 money", "fancy letters"),
        ("fr𝐞e now", "fancy letters"),
        ("f\u0336r\u0336e\u0336e\u0336 money", "stacked accents"),
        ("fr\u200bee money", "hidden characters"),
        ("f r e e money", "spaced letters"),
        ("chec.k ou.t m.y chan.nel no.w", "dots inside words"),
        ('<a href="https://example.org">x</a>', "markup"),
        ("message me on whatsapp", "messenger whatsapp"),
        ("run `make` first", "code"),
    ],
)
def test_unusual_content_has_traits(content: str, flag: str) -> None:
    assert flag in features(a_comment(content=content)).traits


@pytest.mark.parametrize(
    "content",
    [
        "Чек аут май ченнел",
        "ありがとうございます",
        "مقال جميل جدا",
        "Das ist ja schön geschrieben!",
        "It is so.Not at all.",
        "Smørrebrød straße kalabalık Łódź",
        "Ava\u00f1e\u02bce\u0303 ha g\u0303uahe\u0303, ag\u0303a",
        "de\u0301ja\u0300 vu a\u0300 la carte",
        "ＷＥＢデザインの本",
        "let 𝑓 be a function of 𝑥 in ℝ",
    ],
)
def test_scripts_and_careless_typing_have_no_traits(content: str) -> None:
    assert features(a_comment(content=content)).traits == ()


def test_a_disguised_text_has_the_features_of_the_plain_one() -> None:
    plain = features(a_comment(content="check out my channel now")).words
    for disguised in (
        "ch\u0435ck out my ch\u0430nnel now",
        "chec.k ou.t m.y chan.nel no.w",
        "ｃｈｅｃｋ out my channel now",
    ):
        assert features(a_comment(content=disguised)).words == plain


def test_names_of_programs_with_a_dot_are_no_links() -> None:
    traits = features(a_comment(content="Is it in asp.net or vb.net, and where is user.name set?")).traits
    assert not [trait for trait in traits if "link" in trait]
    assert "link" in features(a_comment(content="See https://asp.net and casino.example.com")).traits


def test_no_disguise_shares_its_weight_with_a_host_or_another() -> None:
    hosts = {bucket(Family.TRAITS, f"link to {n}.example") for n in range(9999)}
    disguises = {bucket(Family.TRAITS, name) for name in WEIGHT_LIMITS}
    assert len(disguises) == len(WEIGHT_LIMITS)
    assert not disguises & (hosts | {bucket(Family.TRAITS, name) for name in features(TALKATIVE).traits})


def test_digits_are_equal_and_repeated_letters_are_cut() -> None:
    assert features(a_comment(content="soooo win99 WIN12")).words == ("soo", "win00", "win00")


def test_a_style_measure_names_its_range() -> None:
    words = ["what", "a", "day"]
    assert "exclamation marks: 2 to 4 marks" in style_measures("What a day!!", words, words, ())


def test_no_text_takes_long() -> None:
    draw = random.Random(1)
    for piece in (
        "a.",
        "!?",
        "--",
        ">>",
        "\n",
        "a-",
        "1 2",
        "((",
        "aA",
        "@a",
        "http://a/b-",
        "www.",
        "<a ",
        "é",
        "f u ",
    ):
        content = (piece * 10_000)[: 9_990 + draw.randrange(10)] + "x"
        start = time.process_time()
        features(a_comment(content=content))
        # Far above the time that any of them takes. It excludes times that grow with the square of the length.
        assert time.process_time() - start < 5, piece
