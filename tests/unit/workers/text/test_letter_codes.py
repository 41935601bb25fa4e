"""Letters that are written as codes are read, and honest codes stay as they are."""

import pytest

from comments.lifecycle import Action
from tests.support.builders import NOW, a_comment
from tests.unit.workers.about import policy, seen
from workers.filters.solicitation import SolicitationFilter
from workers.text.normalization import ENCODED_TEXT, fold

PLAIN = "buy cheap viagra online"


def codes(prefix: str, text: str = PLAIN) -> str:
    return "".join(f"{prefix}{ord(letter):02x}" for letter in text)


@pytest.mark.parametrize(
    "coded",
    [
        codes("%"),
        codes("%").upper(),
        codes("\\x"),
        codes("\\u00"),
        " ".join(f"0x{ord(letter):02x}" for letter in PLAIN),
        "%62u%79 %63he%61p vi%61gr%61 o%6eline",
        "buy%20cheap%20viagra%20online",
    ],
)
def test_codes_of_letters_and_spaces_are_undone(coded: str) -> None:
    assert fold(coded).text == PLAIN
    assert ENCODED_TEXT in fold(coded).disguises


@pytest.mark.parametrize(
    "honest",
    [
        "use /my%20file.txt instead",
        "q=hello%20world%20and%20more&lang=en",
        "https://docs.example/a%20b%20c%20d%20e.pdf",
        "https://docs.example/%d0%bf%d1%80%d0%b8%d0%b2%d0%b5%d1%82",
        "from 12% to 30% to 45% and 50% in four years",
        "the bytes are 0xde 0xad 0x42 0x43 0x44 0x45 0x46 0x47 0x48",
        r"\x41 is a, and \u0062 is b",
        "printf %42d %43s %44x",
    ],
)
def test_codes_in_addresses_and_single_codes_stay(honest: str) -> None:
    assert fold(honest).text == honest
    assert not fold(honest).disguises


def test_an_offer_in_codes_is_held() -> None:
    comment = a_comment(content=codes("%", "Buy cheap viagra without prescription, order now"))
    found = seen(SolicitationFilter(), comment).values()
    assert policy(SolicitationFilter()).decide(found, NOW).action is Action.HOLD


@pytest.mark.parametrize("hostile", ["%41" * 30_000, "a%20" * 30_000, "%2" * 50_000, "0x41 " * 20_000, "\\" * 90_000])
def test_a_huge_text_of_codes_is_read(hostile: str) -> None:
    assert len(fold(hostile).text) <= len(hostile)
