"""The toxicity model finds attacks on people, treats all groups alike, and ignores other texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.grammar import read as read_sentences
from training.toxicity.features import charged, features
from training.toxicity.texts import FOLDER
from workers.filters.toxicity import THRESHOLDS
from workers.learning.toxicity_model import AIMED, GROUP, READER, ToxicityModel, attack, shipped_toxicity, word_tokens
from workers.text.group_names import GROUP_NAMES
from workers.text.normalization import fold
from workers.text.tokens import words

SENTENCES = read_sentences(FOLDER / "sentences.txt").rules
FILE = FOLDER.parents[1] / "workers" / "learning" / "toxicity.txt"
WEIGHTS = {f: int(w) for f, w in (ln.rsplit(" ", 1) for ln in FILE.read_text().splitlines() if ln[:2] != "# ")}


#: Words that the model knows, without its marks.
WORDS_OF_ATTACKS = {w for feature in WEIGHTS for w in feature.removeprefix(AIMED).split() if w.isalpha()}


def said(text: str) -> float:
    return attack(text).log_odds


@pytest.mark.parametrize("text", SENTENCES["calm"])
def test_naming_a_group_arguing_quoting_and_swearing_are_no_attacks(text: str) -> None:
    assert said(text) < THRESHOLDS["possible"]


@pytest.mark.parametrize("text", SENTENCES["calm_unseen"])
def test_unseen_calm_sentences_never_reach_the_blatant_level(text: str) -> None:
    assert said(text) < THRESHOLDS["blatant"]


@pytest.mark.parametrize(("kind", "least"), [("abuse", 0.75), ("abuse_unseen", 0.5)])
def test_most_attacks_are_found(kind: str, least: float) -> None:
    seen = [text for text in SENTENCES[kind] if said(text) >= THRESHOLDS["possible"]]
    assert len(seen) >= least * len(SENTENCES[kind])


@pytest.mark.parametrize("sentence", ["I am {}.", "All {} are vermin.", "My {} friends are stupid, you know?"])
def test_all_groups_get_the_same_score(sentence: str) -> None:
    assert len({said(sentence.format(group)) for group in GROUP_NAMES}) == 1


def test_naming_a_group_has_no_weight() -> None:
    assert {said(group) for group in GROUP_NAMES} == {said("")}


@pytest.mark.parametrize(
    "text",
    [
        "Die Leute, die die Arbeit machen",
        "Я с вами не согласен",
        "这篇文章写得很好",
        "هذا المقال رائع",
        "😀😀",
        "",
        "   ",
    ],
)
def test_an_unknown_language_is_no_attack(text: str) -> None:
    assert said(text) < THRESHOLDS["possible"]


def test_only_charged_words_have_positive_weights() -> None:
    may = charged()
    assert [f for f, w in WEIGHTS.items() if w > 0 and not may & {f, *f.removeprefix(AIMED).split()}] == []


def test_the_words_of_the_model_are_normalized() -> None:
    names = {name for f in WEIGHTS for name in f.removeprefix(AIMED).split()} - {READER, GROUP}
    assert {name for name in names if words(fold(name).text) != (name,)} == set()


@pytest.mark.parametrize("text", [*SENTENCES["abuse"], *SENTENCES["calm"]])
def test_scores_agree_with_the_features_of_the_training(text: str) -> None:
    tokens = word_tokens(text)
    trained = [sum(WEIGHTS.get(feature, 0) for feature in word) for word in features(tokens)]
    assert list(shipped_toxicity().token_weights(tokens)) == trained


def test_a_disguised_attack_weighs_as_much_as_a_plain_one() -> None:
    plain = said("you stupid idiot")
    assert said("yоu ｓｔｕｐｉｄ idi\u200bot") == plain
    assert said("YOU STUUUPID idiooot") == plain


def test_a_long_comment_is_judged_by_its_worst_words() -> None:
    calm = "I have read the report and the numbers are those of last year. " * 10
    assert said(calm + "You stupid, disgusting idiot. " + calm) >= THRESHOLDS["blatant"]
    assert said(calm) < THRESHOLDS["possible"]


def test_repeated_words_count_once() -> None:
    assert said("stupid " * 50) == said("stupid")


def test_the_strongest_words_are_listed_in_the_order_of_the_text() -> None:
    model = ToxicityModel.from_weights({"idiot": 120, "*idiot": 80, "shut up": 150, "calm": -90}, bias=-50)
    assert model.attack("Stay calm and shut up, you idiot").words == ("shut up", "idiot")
    assert model.attack("Stay calm").words == ()


def test_the_word_that_is_named_of_a_pair_is_the_rare_one() -> None:
    model = ToxicityModel.from_weights({"the scum": 150}, bias=-50)
    assert model.attack("They are the scum of it").words == ("the scum",)


@given(
    st.lists(st.sampled_from((*sorted(WORDS_OF_ATTACKS), "you", "muslims", "tree", "is")), max_size=30).map(" ".join)
)
def test_a_quick_look_never_skips_an_attack(text: str) -> None:
    exact = attack(text)
    for threshold in THRESHOLDS.values():
        assert (attack(text, threshold).log_odds >= threshold) == (exact.log_odds >= threshold)
        assert exact.log_odds < threshold or attack(text, threshold) == exact
