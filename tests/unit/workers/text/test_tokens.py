"""Words and fingerprints of a text ignore differences of form."""

from hypothesis import given
from hypothesis import strategies as st

from workers.text.normalization import fold
from workers.text.tokens import ENOUGH_LETTERS, LEAST_WORDS, bands, fingerprint, is_long, letters, squeezed, words

ESSAY = (
    "The council met on Tuesday to talk about the old bridge, and after three hours of debate nobody could say who "
    "would pay for the repairs or when the work might begin, so the road stays closed until spring at least."
)


@given(st.text(alphabet=st.characters(), max_size=60))
def test_any_text_can_be_normalized(text):
    assert fold(text).text.isascii() or not text.isascii()
    assert len(fingerprint(text)) <= len(fold(text).text)
    assert len(bands(text)) in (0, 3)


def test_repeated_letters_are_cut_to_the_given_number():
    assert squeezed("fuuuuck off, asss", 1) == "fuck off, as"
    assert squeezed("fuuuuck off, asss", 2) == "fuuck off, ass"
    assert squeezed("1000000 committee", 1) == "1000000 committee"


def test_a_fingerprint_ignores_case_digits_punctuation_and_links():
    one = "Earn 500 dollars every day from home! Ask me how: http://one.example/x"
    other = "earn 900 DOLLARS every day, from home? ask me - how http://another.example/y"
    assert fingerprint(one) == fingerprint(other) != ""


def test_short_texts_have_no_fingerprint():
    assert fingerprint("Thank you!") == ""
    assert fingerprint("很好" * 13) != ""


def test_letters_keeps_letters_of_every_script():
    assert letters("Größe: 5 км, 東京!") == "grosseкм東京"


def test_words_of_scripts_without_spaces_are_pairs():
    assert words("plain words") == ("plain", "words")
    assert words("東京都は") == ("東京", "京都", "都は")
    assert words("नमस्ते दुनिया") == ("नमस्ते", "दुनिया")


def test_near_duplicates_share_a_band():
    changed = ESSAY.replace("Tuesday", "Monday").replace("three", "two")
    assert set(bands(ESSAY)) & set(bands(changed))
    assert len(bands(ESSAY)) == 3


def test_different_texts_share_no_band():
    other = " ".join(reversed(ESSAY.split()))
    assert not set(bands(ESSAY)) & set(bands(other))


def test_very_short_texts_have_no_bands():
    assert bands("Great post!") == ()


def test_short_texts_are_compared_by_their_letters():
    assert set(bands("100RB GRATIS WISDOMTOTO")) & set(bands("gas 100 rb gratis... wisdomtoto!! 🔥"))
    assert not set(bands("100RB GRATIS WISDOMTOTO")) & set(bands("My mother makes it like this"))


def test_a_text_is_long_from_a_number_of_letters_and_of_words_on():
    word = "abcdefgh "
    assert not is_long(word * (LEAST_WORDS - 1))
    assert is_long(word * LEAST_WORDS)
    assert not is_long("ab " * LEAST_WORDS)
    assert len("ab" * LEAST_WORDS) == ENOUGH_LETTERS - 1
    assert is_long("ab " * LEAST_WORDS + "c")
