"""Threats are found by their form in many languages. Reports, quotations, denials, games and idioms are none."""

from pathlib import Path
from time import process_time

import pytest

from training.grammar import read as read_sentences
from training.toxicity.texts import FOLDER
from workers.text.foreign_threats import foreign_threat

HERE = Path(__file__).parent
LINES = [line for line in (HERE / "foreign_threats.txt").read_text(encoding="utf-8").splitlines() if line[0] != "#"]
SENTENCES = read_sentences(FOLDER / "sentences.txt").rules
HARMLESS = [
    line.partition(": ")[2]
    for line in (HERE / "harmless_sentences.txt").read_text(encoding="utf-8").splitlines()
    if line[0] != "#"
]


def _lines(kind: str) -> list[str]:
    return [line.partition(f" {kind} ")[2] for line in LINES if line.split()[1] == kind]


@pytest.mark.parametrize("text", _lines("!"))
def test_a_threat_is_recognized_in_its_language(text: str) -> None:
    assert foreign_threat(text) != ""


@pytest.mark.parametrize("text", [*_lines("="), *HARMLESS, *SENTENCES["calm"], *SENTENCES["calm_unseen"]])
def test_reports_denials_games_idioms_and_calm_sentences_are_no_threats(text: str) -> None:
    assert foreign_threat(text) == ""


def test_there_are_threats_and_harmless_sentences_of_each_of_twenty_languages() -> None:
    kinds = {kind: {line.split()[0] for line in LINES if line.split()[1] == kind} for kind in "!="}
    assert kinds["!"] == kinds["="]
    assert len(kinds["!"]) >= 20


@pytest.mark.parametrize("text", ["ICH BRING DICH UM", "voy a m@tarte", "Je vais te tuer!!!", "ti   ammazzo"])
def test_capitals_digits_and_signs_do_not_hide_a_threat(text: str) -> None:
    assert foreign_threat(text) != ""


def test_a_threat_in_quotation_marks_alone_is_one_and_a_quoted_one_is_a_report() -> None:
    assert foreign_threat("«Te voy a matar»") == "te voy a matar"
    assert foreign_threat("Mira: «te voy a matar». Bloqueadlo, por favor.") == ""


def test_a_threat_is_found_after_a_reported_one() -> None:
    text = "Juan dijo: te voy a matar. " + "Hace sol y la playa está muy bonita hoy por la tarde. " * 2
    assert foreign_threat(text) == ""
    assert foreign_threat(text + "Y ahora te voy a matar yo") == "te voy a matar"


@pytest.mark.parametrize(
    "text", ['"я тебя убью, te voy a matar" ' * 3000, "我要杀了你" * 20_000, "「我要杀了你」说" * 20_000]
)
def test_huge_texts_of_threats_are_read_in_a_moment(text: str) -> None:
    before = process_time()
    foreign_threat(text)
    assert process_time() - before < 1


ODD = ["", " ", "ich dich " * 5000, "你去死" * 5000, "(" * 10_000, "te voy a " * 5000, "\u202e"]


@pytest.mark.parametrize("text", ODD)
def test_odd_and_huge_texts_are_read_in_a_moment(text: str) -> None:
    assert isinstance(foreign_threat(text), str)
