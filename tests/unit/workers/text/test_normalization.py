"""Every disguise is undone, and honest writing in any script stays as it is."""

import pytest

from training.disguise import DISGUISES
from training.generate import chance
from workers.text.normalization import fold
from workers.text.traits import traits

PLAIN = "hey everyone please check out my channel and get free followers today"


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
        ("Пpивeт, нyжнa paбoтa", "привет, нужна работа"),  # the Latin letters are a disguise
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
        "обновил dockerом, windows и linux работают",
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
def test_honest_writing_is_not_changed(honest):
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
def test_the_undone_disguises_are_named(text, disguise):
    assert fold(text).disguises == (disguise,)


def test_persian_and_emoji_may_use_joiners():
    assert fold("می\u200cخواهم").disguises == ()
    assert fold("👩\u200d💻 ❤\ufe0f").disguises == ()


def test_the_capitals_of_a_plain_text_are_kept() -> None:
    assert fold("𝐕iagra &amp; Сialis").plain == "Viagra & Cialis"


@pytest.mark.parametrize("name", DISGUISES)
def test_disguised_spellings_are_undone(name: str) -> None:
    # Words that are spaced like their letters cannot be separated.
    undone = fold(DISGUISES[name](PLAIN, chance(name, 1))).text
    assert undone.strip().replace(" ", "") == PLAIN.replace(" ", "")


@pytest.mark.parametrize(
    ("disguise", "meant"),
    [
        ("sh!t b!tch", "shit bitch"),
        ("V!AGRA!", "viagra!"),
        ("5h1t 4n4l", "shit anal"),
        ("ch3ck 0u7 my ch4nn3l", "check out my channel"),
    ],
)
def test_signs_inside_words_are_letters_and_at_their_ends_if_there_are_several(disguise, meant):
    assert fold(disguise).text == meant


@pytest.mark.parametrize(
    "honest",
    [
        "c'mon!They said so",
        "Stop!Now",
        "wow!that is it",
        "i18n, l10n and k8s",
        "the 80s, a 3d mp3 and 100k of a 2nd b2b deal",
    ],
)
def test_marks_between_sentences_and_numbers_with_units_stay(honest):
    assert fold(honest).text == honest.casefold()
    assert fold(honest).disguises == ()


@pytest.mark.parametrize(
    "honest",
    [
        "The W3C has a folder of mp3s",
        "Ask log4net for the md5sum of id3v2mux",
        "root@localhost:~# ls -l | sort|uniq",
        "Bl@mann, ter5sta and @Davi-v5h say so",
        "Use u1sync or u1sdtool.",
        "0x1ab0 is (Direct3D11)",
        "uint8x16_t simd_transform16x",
        "A (VPCS11x) of 512f8fb57b49942a",
    ],
)
def test_names_of_programs_people_and_devices_are_no_words_with_digits_for_letters(honest):
    assert fold(honest).text == honest.casefold()
    assert fold(honest).disguises == ()


@pytest.mark.parametrize(
    ("disguise", "meant"), [("J3KP0T-nya!", "jekpot-nya!"), ("m4rten dag0n w0lim", "marten dagon wolim")]
)
def test_signs_for_letters_are_read_in_words_of_other_languages_if_there_are_several(disguise, meant):
    assert fold(disguise).text == meant
    assert fold(disguise).disguises == ("digits as letters",)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("the U.S.A. and the U.S.S.R.", "the usa. and the ussr."),
        ("R.S.V.P. a.s.a.p.", "rsvp. asap."),
        ("J. R. R. Tolkien", "jrr. tolkien"),
        ("vitamins A, B, C", "vitamins a, b, c"),
        ("x y z and a b c", "x y z and a b c"),
    ],
)
def test_an_abbreviation_or_a_list_is_no_disguise(written, read):
    assert fold(written).text == read
    assert fold(written).disguises == ()


def test_signs_inside_many_words_are_removed_but_addresses_stay():
    folded = fold("chec.k ou.t m·y chan*nel no.w at shop.com")
    assert (folded.text, folded.disguises) == ("check out my channel now at shop.com", ("dots inside words",))


@pytest.mark.parametrize(
    "honest",
    [
        "that was it.and then nobody came to the door for a long time",
        "It was late.We left.Nobody came.",
        "see shop.com and news.org",
    ],
)
def test_a_forgotten_space_after_a_full_stop_is_no_disguise(honest):
    assert fold(honest).text == honest.casefold()
    assert fold(honest).disguises == ()


@pytest.mark.parametrize(
    ("disguise", "meant"),
    [
        ("chan-nel and foll-owers", "channel and followers"),
        ("chan_nel and foll_owers", "channel and followers"),
        ("chan**nel and foll**owers", "channel and followers"),
        ("subsc ribe to my chan nel for fre e foll owers", "subscribe to my channel for free followers"),
        ("ƈɦɛƈƙ σʊʈ ɱყ ƈɦɑɳɳɛʟ ʂʊɓʂƈɾɨɓɛ", "check out my channel subscribe"),
        ("```\ncheap pills\n```", "cheap pills"),
        ("CheckOutMyChannel SubscribeNowPlease", "check out my channel subscribe now please"),
        ("&amp;#118;iagra &amp;#x63;heap", "viagra cheap"),
        ("\u202eyadot slrig teem\u202c", "meet girls today"),
        ("Y2hlYXAgdmlhZ3JhIGhlcmUgdG9kYXk=", "cheap viagra here today"),
        ("🇻🇮🇦🇬🇷🇦 🇨🇭🇪🇦🇵", "viagra cheap"),
        ("🇻 🇮 🇦 🇬 🇷 🇦", "viagra"),
    ],
)
def test_pieces_encodings_and_drawn_letters_are_undone(disguise: str, meant: str) -> None:
    assert fold(disguise).text == meant


@pytest.mark.parametrize(
    "honest",
    [
        "the well-known co-operative e-mail was re-sent to a follow-up group",
        "he can not come every day to the web site, some times",
        "set __init__ and snake_case_name in my_module, not in other_module",
        "getelementbyid and a readme",
        "🇩🇪 beats 🇫🇷🇪🇸 again 🇺🇸🇬🇧",
        "sha256-47dEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
        "mieszkam nad mo-rzem od lat",
        "[ɛvəˈnɪ] and [ˈfəʊnɪks]",
        "ele ŋutɔ na mi, ɖe nàƒo nu kple ʋɔnu ɣe",
    ],
)
def test_honest_pieces_codes_and_flags_are_no_disguise(honest: str) -> None:
    assert fold(honest).disguises == ()


def test_names_in_camel_case_are_no_disguise() -> None:
    for text in (
        "Use getElementById in JavaScript",
        "IEnumerable and IQueryable on GitHub",
        "PowerPoint or LibreOffice?",
    ):
        assert fold(text).disguises == ()
        assert fold(text).text == text.casefold()


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("CHECKMYCHANNELFORMY NEWSONG", "check my channel for my new song"),
        ("GOTOMYCHANNELAnd CheckOutMyWritten Songs", "go to my channel and check out my written songs"),
        ("SubscribeToMyChannel!", "subscribe to my channel!"),
        ("CheckMyFirstVideoOut", "check my first video out"),
        ("YouWon'tRegretIt VisitMyChannel", "you won't regret it visit my channel"),
        (
            "FollowMeOnTwitter https://shop.example/a-long-path/to/the-best-offers/of-this-year",
            "follow me on twitter https://shop.example/a-long-path/to/the-best-offers/of-this-year",
        ),
    ],
)
def test_words_that_are_run_together_are_separated(disguised: str, plain: str) -> None:
    assert fold(disguised).disguises == ("words run together",)
    assert fold(disguised).text == plain


def test_single_words_in_capitals_are_no_disguise() -> None:
    for text in (
        "STACKOVERFLOW IS DOWN",
        "HAHAHAHAHAHA! WHATSAPP",
        "PASCOL MANAAAAAA",
        "A MISUNDERSTANDING",
        "PayPal, GitHub",
        "JavaScript.",
    ):
        assert fold(text).disguises == ()


def test_prose_in_a_code_fence_is_no_code() -> None:
    for text in (
        "```\nCheap pills at my shop, call now\n```",
        "```\nSubscribe please ;) http://shop.example/list?id=1&from=me\n```",
    ):
        assert "code" not in _traits(text)
    for text in ("Call `foo()` first", "Use `grep` for it", "```\nfor (i = 0; i < 3; i++) {}\n```"):
        assert "code" in _traits(text)


def test_a_comment_of_prose_in_a_code_fence_is_disguised() -> None:
    for text in (
        "```\nCheap pills at my shop, call now and save\n```",
        "Hi ```text\nSubscribe to my channel for free games, please http://shop.example/list?id=1\n```",
        "```\nThe fence of this advert is never closed",
    ):
        assert fold(text).disguises == ("prose as code",)
        assert "```" not in fold(text).text


def test_code_and_output_in_a_fence_are_no_disguise() -> None:
    for text in (
        "```\nfor (i = 0; i < 3; i++) {}\n```",
        "I get this with the new version:\n```\nYour connection is not private, and somebody may read it\n```\n"
        "Is the certificate too old, or is it something in my settings that I could change? Thanks for the theme!",
        "```\nsudo apt install git\n```",
        "```\nLoadError: cannot load such file -- json (in /usr/lib)\n    from a.rb:3:in <main>\n```",
        "``` ```",
        "```",
    ):
        assert fold(text).disguises == ()


def _traits(text: str) -> set[str]:
    return set(traits(text, fold(text), (), frozenset()))


@pytest.mark.parametrize(
    ("text", "is_name"),
    [("alexis17 menang terus", True), ("windows11 is slow", False), ("psalm23", False), ("iphone15 or alexis17", True)],
)
def test_ordinary_words_with_a_number_are_no_names_with_digits(text: str, is_name: bool) -> None:
    assert ("name with 2 digits" in _traits(text)) is is_name
