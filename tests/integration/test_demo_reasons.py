"""Twenty cards of the demo read as people reviewed them: titles, summaries, reasons and the smallest change."""

import re
from pathlib import Path

import pytest

from comments.settings import Settings
from comments.stop_words import STOP_WORDS
from comments.storage.redis import open_redis
from tests.support.reason_cards import N_CARDS, demo_cards

GOLDEN = Path(__file__).parents[1] / "data" / "demo_reasons.golden.txt"


@pytest.fixture(scope="module")
def lines() -> list[str]:
    return [line for line in GOLDEN.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def test_the_demo_reads_as_in_the_golden_file(valkey_settings: Settings) -> None:
    found = demo_cards(open_redis(valkey_settings), valkey_settings)
    assert found == GOLDEN.read_text(encoding="utf-8"), "read tests/support/reason_cards.py"


def test_the_golden_file_has_twenty_cards_with_a_summary_and_a_sentence(lines: list[str]) -> None:
    titles = [n for n, line in enumerate(lines) if line.startswith("== ")]
    assert len(titles) == N_CARDS
    for start, end in zip(titles, [*titles[1:], len(lines)], strict=True):
        _, summary, *_, last = lines[start:end]
        assert re.fullmatch(r"(Needs review|Spam|Published): [A-Z0-9].{3,110}", summary)
        assert re.fullmatch(r"Published\.|Would be published if [a-z][^:;()]{5,130}\.", last), last


def test_every_reason_is_a_title_and_a_sentence(lines: list[str]) -> None:
    reasons = [line.strip() for line in lines if line.startswith("  [")]
    assert len(reasons) > 2 * N_CARDS
    for reason in reasons:
        form = r"\[(good|warn|bad)\] [A-Z][a-z A-Z]{3,32}( \((review|[+-]\d\.\d)\))?\. [A-Z“0-9].+[^.]\."
        assert re.fullmatch(form, reason), reason
        assert not re.search(r"[+-]0\.0|\w:\w|\b[a-z]+\.[a-z]+-[a-z]+\b", reason), reason


def test_words_and_traits_carry_information(lines: list[str]) -> None:
    clues = [line.strip() for line in lines if line.startswith("      ")]
    assert clues
    for clue in clues:
        found = re.fullmatch(r"[+-] (.+) \((from the shipped model|seen in \d+ spam, \d+ published here)\)", clue)
        assert found, clue
        assert found[1].strip("“”") not in STOP_WORDS
        assert not re.search(r"[a-z]:[a-z]|0\.\d", found[1])
