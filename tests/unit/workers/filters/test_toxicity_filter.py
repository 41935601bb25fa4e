"""Attacks are held by the site's threshold, and never make a comment spam."""

from time import process_time

import pytest

from comments.lifecycle import Action
from tests.support.builders import NOW, a_comment
from tests.unit.workers.about import policy, seen
from workers.filters.toxicity import ToxicityFilter

BLATANT = a_comment(content="You make me sick, you disgusting pig.")
POSSIBLE = a_comment(content="What a pathetic little man you are.")


def test_a_blatant_attack_is_held_with_its_words() -> None:
    found = seen(ToxicityFilter(), BLATANT)
    assert found["toxicity.attack"].evidence == "“you disgusting”, “pig”"
    assert policy(ToxicityFilter()).decide(found.values(), NOW).action is Action.HOLD


def test_the_evidence_names_no_part_of_a_phrase_again() -> None:
    for text, evidence in (("kys", "“kys”"), ("Te voy a matar", "“te voy a matar”")):
        assert seen(ToxicityFilter(), a_comment(content=text))["toxicity.attack"].evidence == evidence


def test_a_huge_text_of_threats_without_spaces_is_judged_quickly() -> None:
    before = process_time()
    assert seen(ToxicityFilter(), a_comment(content="我要杀了你" * 20_000))
    assert process_time() - before < 2


def test_a_site_chooses_the_threshold() -> None:
    assert seen(ToxicityFilter(), POSSIBLE) == {}
    assert set(seen(ToxicityFilter(), POSSIBLE, toxicity="possible")) == {"toxicity.attack"}


def test_a_site_may_turn_the_filter_off() -> None:
    assert seen(ToxicityFilter(), BLATANT, toxicity="off") == {}


def test_no_amount_makes_a_comment_spam() -> None:
    found = seen(
        ToxicityFilter(), a_comment(content="Shut up, you disgusting stupid pig! Go kill yourself, idiot! " * 100)
    )
    assert policy(ToxicityFilter()).decide(found.values(), NOW).action is Action.HOLD


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("sv", "Den idioten som hittade på bromsen ska ha beröm, och kill you är namnet på låten, tycker du inte det?"),
        ("nl", "Die kill switch is een idiot proof oplossing, je bent een moron als je hem niet gebruikt, zei hij."),
        ("pt", "Esse idiot é o nome do filme, e o kill you é o nome da música que eu mais gosto, moron."),
    ],
)
def test_the_model_is_silent_in_other_languages(language: str, text: str) -> None:
    assert seen(ToxicityFilter(), a_comment(content=text), toxicity="possible") == {}
    assert seen(ToxicityFilter(), a_comment(content=text), toxicity="possible", language=language) == {}


def test_a_threat_is_held_at_every_level_and_never_spam() -> None:
    threat = a_comment(content="We will find and kill you")
    found = seen(ToxicityFilter(), threat)
    assert found["toxicity.attack"].evidence.startswith("“we will find and kill you”")
    assert policy(ToxicityFilter()).decide(found.values(), NOW).action is Action.HOLD
    assert seen(ToxicityFilter(), threat, toxicity="off") == {}
