"""Every disguise is undone, and honest writing in any script is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.text import bands, fingerprint, fold, letters, squeezed, words

ESSAY = (
    "The council met on Tuesday to talk about the old bridge, and after three hours of debate nobody could say who "
    "would pay for the repairs or when the work might begin, so the road stays closed until spring at least."
)


@pytest.mark.parametrize(
    ("disguise", "meant"),
    [
        ("VIAGRA", "viagra"),
        ("ｖｉａｇｒａ", "viagra"),
        ("𝐯𝐢𝐚𝐠𝐫𝐚 𝓿𝓲𝓪𝓰𝓻𝓪 𝕧𝕚𝕒𝕘𝕣𝕒", "viagra viagra viagra"),
        ("ᴠɪᴀɢʀᴀ", "viagra"),
        ("ⓥⓘⓐⓖⓡⓐ 🅅🄸🄰🄶🅁🄰 🆅🅸🅰🅶🆁🅰 🅥🅘🅐🅖🅡🅐", "viagra viagra viagra viagra"),
        ("vi\u200ba\u200cg\u2060r\ufeffa", "viagra"),
        ("via\u00adgra", "viagra"),
        ("\u202eviagra\u202c", "viagra"),
        ("v\u0336i\u0336a\u0336g\u0336r\u0336a\u0336", "viagra"),
        ("vìágrå", "viagra"),
        ("viаgrа", "viagra"),  # the a's are Cyrillic
        ("νiagrα", "viagra"),  # v and the last a are Greek
        ("v1agra v!agra vi@gra", "viagra viagra viagra"),
        ("ch3ap w4tch3s", "cheap watches"),
        ("v i a g r a", "viagra"),
        ("v.i.a.g.r.a", "viagra"),
        ("v-i-a-g-r-a and v_i_a_g_r_a", "viagra and viagra"),
        ("v * i * a * g * r * a", "viagra"),
        ("&#118;iagra &lt;3", "viagra <3"),
        ("vi<b>ag</b>ra", "viagra"),
        ("vi<!-- x -->agra", "viagra"),
        ("łøud STRASSE straße", "loud strasse strasse"),
        ("z\u0300\u0301\u0302\u0303a\u0300\u0301\u0302l\u0300\u0301go", "zalgo"),
    ],
)
def test_a_disguise_is_undone(disguise, meant):
    assert fold(disguise).text == meant


@pytest.mark.parametrize(
    "honest",
    [
        "привет, мой мир",
        "γεια σου",
        "नमस्ते दुनिया",
        "สวัสดีชาวโลก",
        "こんにちは、がぎぐげご",
        "안녕하세요 세계",
        "مرحبا بالعالم",
        "שָׁלוֹם עולם",
        "covid19, mp3 and 10am on the 2nd",
        "3.14 < 22/7 and 1 > 0",
        "write to j0hn@c0mpany.example or https://ex4mple.com/a1b2",
        "i am a fan; e.g. of b. and c.",
        "$5,000 is 50% more",
    ],
)
def test_honest_writing_is_left_alone(honest):
    assert fold(honest).text == honest
    assert fold(honest).disguises == ()


@pytest.mark.parametrize(
    ("text", "disguise"),
    [
        ("vi\u200bagra", "hidden characters"),
        ("viаgra", "look-alike letters"),
        ("v1agra", "digits as letters"),
        ("v i a g r a", "spaced letters"),
    ],
)
def test_what_had_to_be_undone_is_told(text, disguise):
    assert fold(text).disguises == (disguise,)


def test_persian_and_emoji_may_use_joiners():
    assert fold("می\u200cخواهم").disguises == ()
    assert fold("👩\u200d💻 ❤\ufe0f").disguises == ()


@given(st.text(alphabet=st.characters(), max_size=60))
def test_no_text_breaks_the_folding(text):
    assert fold(text).text.isascii() or not text.isascii()
    assert len(fingerprint(text)) <= len(fold(text).text)
    assert len(bands(text)) in (0, 3)


def test_stretched_letters_are_cut_down_to_what_is_asked():
    assert squeezed("fuuuuck off, asss", 1) == "fuck off, as"
    assert squeezed("fuuuuck off, asss", 2) == "fuuck off, ass"
    assert squeezed("1000000 committee", 1) == "1000000 committee"


def test_a_fingerprint_ignores_case_digits_punctuation_and_links():
    one = "Earn 500 dollars every day from home! Ask me how: http://one.example/x"
    other = "earn 900 DOLLARS every day, from home? ask me - how http://another.example/y"
    assert fingerprint(one) == fingerprint(other) != ""


def test_short_texts_have_no_fingerprint():
    assert fingerprint("Thank you very much!") == ""
    assert fingerprint("很好" * 13) != ""


def test_letters_keeps_letters_of_every_script():
    assert letters("Größe: 5 км, 東京!") == "grosseкм東京"


def test_words_of_scripts_without_spaces_are_pairs():
    assert words("plain words") == ("plain", "words")
    assert words("東京都は") == ("東京", "京都", "都は")
    assert words("नमस्ते दुनिया") == ("नमस्ते", "दुनिया")


def test_texts_that_are_nearly_the_same_share_a_band():
    changed = ESSAY.replace("Tuesday", "Monday").replace("three", "two")
    assert set(bands(ESSAY)) & set(bands(changed))
    assert len(bands(ESSAY)) == 3


def test_different_texts_share_no_band():
    other = " ".join(reversed(ESSAY.split()))
    assert not set(bands(ESSAY)) & set(bands(other))


def test_a_few_words_have_no_bands():
    assert bands("I could not agree more with what you say") == ()
