"""Threats and calls for violence are recognized; reports, negations, idioms and other languages are none."""

import pytest

from training.grammar import read as read_sentences
from training.toxicity.texts import FOLDER
from workers.text.threats import threat

SENTENCES = read_sentences(FOLDER / "sentences.txt").rules


@pytest.mark.parametrize(
    "text",
    [
        "I will kill you and your family",
        "I'm going to slit your throat",
        "Someone should shoot all these immigrants",
        "We should just gas the muslims already",
        "You deserve to be hanged",
        "Gays should be executed",
        "I hope you die slowly",
        "Let's burn all jews",
        "i w1ll k1ll y0u",
        "You should all burn in hell",
        "you deserve to rot",
        "You should die in a fire",
    ],
)
def test_a_threat_is_recognized(text: str) -> None:
    assert threat(text) != ""


@pytest.mark.parametrize(
    "text",
    [
        "That sugar will kill you one day",
        "I will kill the process and restart your server",
        "He said he would kill you if you came back",
        "Nobody should be executed for being gay",
        '"I will kill you" is what he wrote to my sister',
        "You should be proud, you killed it on stage",
        "We should cut taxes, you know",
        "I want to beat you at chess",
        "I hope you don't burn the cake",
        "Women were burned as witches, and that should be taught",
        "You must shoot in raw format",
        "You need to burn 500 calories more a day",
        "You should burn the image to a disk first",
        "You must choke up on the bat to hit that",
        "You must die a few times before you know that boss",
        "You should die your hair with henna first",
        "The two men were hanged in 1916",
        *SENTENCES["calm"],
        *SENTENCES["calm_unseen"],
    ],
)
def test_reports_idioms_and_calm_sentences_are_no_threats(text: str) -> None:
    assert threat(text) == ""
