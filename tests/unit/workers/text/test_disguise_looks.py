"""Quick looks for disguises and links never hide what the search finds in texts made of their signs."""

import random
from collections.abc import Callable

import pytest

from workers.text.encodings import SHORTEST_ENCODED, decoded, may_be_encoded, word_lengths
from workers.text.links import LINK_SIGN, may_link
from workers.text.normalization import fold
from workers.text.obfuscation import DOT_IN_WORD, IN_WORD, SPACED_END, may_be_dotted, may_be_leet, may_be_spaced

#: Pieces from which texts are made: letters, digits and signs that the searches look for, and spaces.
PIECES = (
    *("a", "b", "I", "Word", "free", "QmVzdCBjYXNpbm8gYm9udXMgbm93"),
    *("0", "1", "4", "!", "$", "|", "@", ".", "..", "*", "-", "_", "'", '"', ":", "/", "\\", "^", "~", "`"),
    *(" ", " ", " ", "  ", "\n", "\t", "\x1f", ", ", "(", ")"),
)


def _texts(n: int) -> list[str]:
    draw = random.Random(14)
    return ["".join(draw.choices(PIECES, k=draw.randrange(1, 24))) for _ in range(n)]


TEXTS = _texts(6000)


#: By disguise: a quick look, and the search that it saves.
LOOKS: dict[str, tuple[Callable[[str], bool], Callable[[str], bool]]] = {
    "digits as letters": (may_be_leet, lambda text: IN_WORD.search(text) is not None),
    "spaced letters": (may_be_spaced, lambda text: SPACED_END.search(text) is not None),
    "dots inside words": (may_be_dotted, lambda text: len(DOT_IN_WORD.findall(text)) > 1),
    "encoded text": (may_be_encoded, lambda text: decoded(text)[1] and max(word_lengths(text)) >= SHORTEST_ENCODED),
    "links": (may_link, lambda text: LINK_SIGN.search(text) is not None),
}


@pytest.mark.parametrize("disguise", LOOKS)
def test_a_quick_look_sees_what_the_search_finds(disguise: str) -> None:
    sees, finds = LOOKS[disguise]
    found = [text for text in TEXTS if finds(text)]
    assert found, "no text has what the search looks for"
    assert [text for text in found if not sees(text)] == []


def test_a_short_encoded_word_is_decoded_after_a_long_plain_one() -> None:
    assert fold("incomprehensibilities Y2FzaW5vIGJvbnVz").text == "incomprehensibilities casino bonus"
