"""What moderators said once and for all holds for whom they said it of, until it ends."""

from dataclasses import replace
from datetime import timedelta

import pytest

from comments.author_rules import About, Stance, Standing
from comments.lifecycle import Action
from tests.support.builders import NOW, a_comment, a_site
from tests.unit.workers.about import facts, seen, strengths
from workers.filters import BUILT_IN
from workers.filters.author import Author
from workers.filters.author_rules import MOST_NAMES, Standings, names
from workers.judging.judge import ask
from workers.judging.policy import build

ADA = a_comment()


def a_standing(about: About, value: str, stance: Stance = Stance.BAN, **changes: object) -> Standing:
    return replace(Standing(about, value, stance, "mo", NOW), **changes)


def test_a_comment_is_looked_up_by_author_network_and_the_domains_of_its_links():
    comment = a_comment(content="see https://a.shop.evil.example/x", url="https://ada.example")
    assert names(comment) == (
        "author:identity-of-ada",
        "author:identity-of-ada@origin-of-ada",
        "origin:origin-of-ada",
        "domain:a.shop.evil.example",
        "domain:shop.evil.example",
        "domain:evil.example",
        "domain:ada.example",
    )
    assert names(a_comment(identity="", origin="")) == ()


def test_a_comment_full_of_links_asks_for_so_many_and_no_more():
    assert len(names(a_comment(content=" ".join(f"https://h{n}.a.b.c.example" for n in range(400))))) == MOST_NAMES


@pytest.mark.parametrize(
    ("stance", "signal"),
    [(Stance.TRUST, "standing.trusted"), (Stance.MUTE, "standing.muted"), (Stance.BAN, "standing.banned")],
)
def test_each_stance_has_its_signal_that_names_who_said_so(stance, signal):
    found = seen(Standings(), ADA, standings=(a_standing(About.ORIGIN, "origin-of-ada", stance),))
    assert list(found) == [signal]
    assert found[signal].evidence.endswith("by mo")
    assert found[signal].strength == 1.0


def test_a_standing_ends_when_it_says():
    ban = a_standing(About.ORIGIN, "origin-of-ada", until=NOW)
    assert seen(Standings(), ADA, standings=(ban,)) == {}
    assert seen(Standings(), ADA, standings=(replace(ban, until=NOW + timedelta(seconds=1)),))


def test_a_term_is_found_as_the_sites_own_words_are():
    ban = (a_standing(About.TERM, "cheap pills"),)
    assert seen(Standings(), a_comment(content="Ch3ap   PILLS here"), standings=ban)
    assert seen(Standings(), a_comment(content="cheap pillows"), standings=ban) == {}


def test_trust_by_e_mail_alone_vouches_by_half():
    by_email = a_standing(About.AUTHOR, "identity-of-ada", Stance.TRUST)
    both = a_standing(About.AUTHOR, "identity-of-ada@origin-of-ada", Stance.TRUST)
    assert strengths(Standings(), ADA, standings=(by_email,)) == {"standing.trusted": 0.5}
    assert strengths(Standings(), ADA, standings=(by_email, both)) == {"standing.trusted": 1.0}


@pytest.mark.parametrize("about", [About.AUTHOR, About.ORIGIN])
def test_a_trusted_author_is_not_held_as_a_newcomer(about):
    trust = a_standing(about, "x", Stance.TRUST)
    assert strengths(Author(), ADA, approved=(0, 0), spam=(0, 0), standings=(trust,)) == {}


@pytest.mark.parametrize("about", [About.DOMAIN, About.TERM])
def test_a_link_or_a_word_that_is_trusted_makes_nobody_known(about):
    trust = a_standing(about, "essay", Stance.TRUST)
    found = strengths(Author(), ADA, approved=(0, 0), spam=(0, 0), standings=(trust,))
    assert found == {"author.first": 1.0}


@pytest.mark.parametrize(
    ("stances", "action"),
    [
        ((Stance.TRUST,), Action.APPROVE),
        ((Stance.MUTE,), Action.HOLD),
        ((Stance.TRUST, Stance.MUTE), Action.HOLD),
        ((Stance.BAN,), Action.SPAM),
        ((Stance.TRUST, Stance.MUTE, Stance.BAN), Action.SPAM),
    ],
)
def test_a_ban_goes_before_a_mute_and_a_mute_before_trust(stances, action):
    standings = tuple(a_standing(About.ORIGIN, "origin-of-ada", stance) for stance in stances)
    known = facts(approved=(0, 0), spam=(0, 0), standings=standings)
    decision = build(BUILT_IN, {}).for_site(a_site()).decide(ask(ADA, known, BUILT_IN), NOW)
    assert decision.action is action
