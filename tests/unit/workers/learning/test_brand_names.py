"""Names of what adverts sell are found in every spelling, and seldom in honest texts."""

import pytest

from workers.learning.brand_names import MAX_NAMES, brand_names


@pytest.mark.parametrize(
    "text",
    [
        "coba wisdom88 sekarang",
        "coba WISDOM 88, sekarang",
        "★wisdom'88★",
        "WISDOM ⭐88⭐ gas",
        "W I S D O M 8 8",
        "𝑾𝑰𝑺𝑫𝑶𝑴𝟖𝟖 best",
        "𝚆 𝙸 𝚂 𝙳 𝙾 𝙼 𝟾 𝟾",
        "ＷＩＳＤＯＭ８８",
        "WΙSDОM88",  # Greek iota and Cyrillic o
        "wisdom.88",
    ],
)
def test_a_name_with_a_number_is_found_in_every_spelling(text: str):
    assert "wisdom88" in brand_names(text)


@pytest.mark.parametrize("text", ["di pawpaw4d aja", "PawPaw4D!", "𝐏𝐚𝐰𝐏𝐚𝐰𝟒𝐃"])
def test_a_name_with_a_number_inside_is_found(text: str):
    assert "pawpaw4d" in brand_names(text)


@pytest.mark.parametrize("text", ["only PULΑUWIN pays", "𝗣𝗨𝗟𝗔𝗨𝗪𝗜𝗡 pays", "p u l a u w i n pays", "ρulauωin pays"])
def test_a_name_in_disguised_letters_is_found(text: str):
    assert brand_names(text) == ("pulauwin",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I read it in the morning",
        "He was born in May 1953, and it happened again in summer 2024",
        "about 50 people over 100 days",
        "Call 0123 456789 at 10:30",
        "Więc żółw też łatwo, naïve café, Straße, øl, smørrebrød",
        "Всё просто: спасибо, очень хорошо",
        "Σωκράτης και Πλάτων",
        "한국어 댓글입니다",
        "https://example.org/item123456 and www.shop99.example",
        "a1 b22 c333",
        "covid19, COVID-19 and covid 19, windows11 after windows 10, iphone15, utf16 in web20, mp3, h264, ps5, top10",
        "python311 with postgres14 on ubuntu2204, sha256, amd64, rtx4090, gpt4, ipv6, rfc2616",
        "psalm23, acts 15, route 66, boeing 747, room 12, chapter 11, article 13, page 442, bus 42, vitamin b12",
    ],
)
def test_honest_texts_have_no_names(text: str):
    assert brand_names(text) == ()


@pytest.mark.parametrize(
    "text", ["\ud800 abc99", "\x00" * 1000, "x9 " * 50_000, "9" * 100_000, "ａ" * 50_000, "Λ8" * 9_999]
)
def test_any_text_has_few_names(text: str):
    assert len(brand_names(text)) <= MAX_NAMES
