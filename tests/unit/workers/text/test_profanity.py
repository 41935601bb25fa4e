"""The matcher agrees with better-profanity. Tiers remove honest words, and disguises are found too."""

import pytest
from better_profanity import Profanity
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.text.profanity import WordChoice, is_maskable, mask, profane_words
from workers.text.profanity_matcher import Matcher, stock_matcher
from workers.text.profanity_tiers import HONEST, MILD, SLURS, Tier

#: A short list with every peculiarity of the long one, because the package is slow with the long one.
PECULIAR = (
    "ass",
    "penis",
    "anus",
    "he11",
    "blow job",
    "f-u-c-k",
    "p.u.s.s.y.",
    "2 girls 1 cup",
    "masterbat*",
    "sh!+",
    "LEN",
)
ORIGINAL, OURS = Profanity(PECULIAR), Matcher(PECULIAR)
PACKAGE = Profanity()

ORDINARY = [
    "the",
    "pen",
    "is",
    "it",
    "as",
    "s",
    "an",
    "us",
    "girls",
    "2",
    "1",
    "cup",
    "blow",
    "job",
    "i",
    "I",
    "A",
    "Le",
]
BETWEEN = [" ", "  ", ".", "-", "_", ", ", "!", "+", "\n", "'", '"', "é", "İ", "中", "😀", "𐐗", "@", "*", ""]


@st.composite
def spellings(draw: st.DrawFn, entries: tuple[str, ...]) -> str:
    """Draw a listed word, with some letters replaced by signs or capitals, and sometimes cut in two."""
    word = draw(st.sampled_from(entries)).lower()
    signs = [draw(st.sampled_from((c, c, c.upper(), *PACKAGE.CHARS_MAPPING.get(c, ())))) for c in word]
    cut = draw(st.integers(0, len(signs)))
    return "".join(signs[:cut]) + draw(st.sampled_from(["", "", "", *BETWEEN])) + "".join(signs[cut:])


def texts(entries: tuple[str, ...]) -> st.SearchStrategy[str]:
    part = st.one_of(spellings(entries), st.sampled_from(ORDINARY))
    return st.lists(st.tuples(part, st.sampled_from(BETWEEN)), max_size=4).map(lambda p: "".join(map("".join, p)))


@settings(max_examples=400, deadline=None)
@given(texts(PECULIAR))
def test_the_matcher_agrees_with_the_package_on_a_peculiar_list(text):
    assert OURS.contains(text) == ORIGINAL.contains_profanity(text)


@settings(max_examples=100, deadline=None)
@given(texts(tuple(sorted(str(entry) for entry in PACKAGE.CENSOR_WORDSET))))
def test_the_matcher_agrees_with_the_package_on_its_own_list(text):
    assert stock_matcher().contains(text) == PACKAGE.contains_profanity(text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=12))
def test_the_matcher_agrees_with_the_package_on_any_text(text):
    assert OURS.contains(text) == ORIGINAL.contains_profanity(text)


@pytest.mark.parametrize(
    "text",
    [
        "god, hell, damn and crap",
        "sex education for gay and queer people",
        "Moby Dick, by Dick and me",
        "the cock crowed",
        "magna cum laude",
        "a blue tit is a bird",
        "virgin olive oil",
        "to erect a building",
        "organ donation",
        "pork loin and rump steak",
        "a weed killer and a screw driver",
        "Woody Allen and Jackson Pollock",
        "Fanny and Willy eat jerk chicken",
        "a slope, a strip, a stupid and ugly fat cat",
        "to kill, murder or rape",
        "omg lmao xx",
        "This pen is it",
        "as so do an us",
        "a hard on-ramp, or algebra",
        "Scunthorpe, Essex, classes and assessments",
    ],
)
def test_honest_words_are_not_profane(text):
    assert profane_words(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "fuck",
        "ｆｕｃｋ",
        "fuсk",  # the c is Cyrillic
        "f u c k",
        "f.u.c.k",
        "fuuuck",
        "fück",
        "sh!t",
        "b!tch",
        "a$$hole",
        "'cunt'",
        '"cunt"',
        "cunt's",
        "**cunt**",
        "@cunt",
        "fu\u200bck",
        "f<b>u</b>ck",
        "butt hole",
        "blow\njob",
        "dickhead, Dick head",
    ],
)
def test_a_strong_word_is_found_in_every_disguise(text):
    assert profane_words(text) != ()


def test_a_site_may_allow_words_and_phrases():
    assert profane_words("the old cock, a cock", WordChoice(allow=("cock",))) == ()
    assert profane_words("the old cock", WordChoice(allow=("Old  Cock",))) == ()
    assert profane_words("a cock", WordChoice(allow=("old cock",))) == ("cock",)


def test_a_site_may_add_words_and_phrases_of_its_own():
    taste = WordChoice(also=("God", " Pineapple  Pizza "), allow=("ananas",))
    assert profane_words("Oh god, g.o.d, pineapple pizza", taste) == ("god", "pineapple pizza")
    assert mask("Oh god, PINEAPPLE pizza!", taste) == "Oh g**, P******** *****!"
    assert profane_words("Oh goddess, a pineapple", taste) == ()
    assert profane_words("Oh god", WordChoice(also=("god",), allow=("god",))) == ()


@pytest.mark.parametrize(("tier", "found"), [("slur", {"paki"}), ("strong", {"paki", "shit"})])
def test_a_site_chooses_its_tier(tier, found):
    assert set(profane_words("damn, shit, a paki and a nipple", WordChoice(Tier(tier)))) == found
    assert set(profane_words("damn, shit, a paki and a nipple", WordChoice(Tier.MILD))) == {"damn", "paki", "shit"}


def test_every_word_of_a_tier_is_in_the_list_and_in_no_other_tier():
    entries = {str(entry) for entry in PACKAGE.CENSOR_WORDSET}
    assert entries >= SLURS | MILD | HONEST
    assert len(SLURS | MILD | HONEST) == len(SLURS) + len(MILD) + len(HONEST)


def test_masking_keeps_the_first_letter_and_the_length():
    assert mask("What the fuck, you Cunt!") == "What the f***, you C***!"
    assert mask("a blow job there") == "a b*** *** there"


def test_disguised_words_are_masked_too():
    assert mask("fuuuck, (f.u.c.k) and f u c k!") == "f*****, (f******) and f * * *!"
    assert mask("**ｆｕｃｋ** it") == "**ｆ***** it"


def test_other_words_are_not_masked():
    assert mask("The cock crowed **loud** at Moby Dick.") == "The cock crowed **loud** at Moby Dick."


def test_every_listed_word_can_be_masked():
    for entry in (str(e) for e in PACKAGE.CENSOR_WORDSET):
        said = f"you {entry} there"
        assert is_maskable(said)
        assert (mask(said) == said) == (profane_words(said) == ())
        assert len(mask(said)) == len(said)


def test_profanity_across_words_cannot_be_masked():
    assert "jerk off" in profane_words("go and j e r k off")
    assert not is_maskable("go and j e r k off")
