"""Trust, hold, mute and ban rules apply until they expire."""

from dataclasses import replace
from datetime import timedelta

import pytest

from comments.author_rules import AuthorRule, RuleEffect, RuleTarget
from comments.lifecycle import Action
from comments.model import Signal
from tests.support.builders import NOW, a_comment, a_site
from tests.unit.workers.about import facts, seen, strengths
from workers.filters import BUILT_IN
from workers.filters.author import AuthorFilter
from workers.filters.author_rules import MAX_RULE_NAMES, AuthorRuleFilter, rule_names
from workers.judging.judge import run_filters
from workers.judging.policy import build_policy

ADA = a_comment()


def a_rule(target: RuleTarget, value: str, effect: RuleEffect = RuleEffect.BAN, **changes: object) -> AuthorRule:
    return replace(AuthorRule(target, value, effect, "mo", NOW), **changes)


def test_a_comment_is_looked_up_by_author_network_and_the_domains_of_its_links():
    comment = a_comment(content="see https://a.shop.evil.example/x", url="https://ada.example")
    assert rule_names(comment) == (
        "author:identity-of-ada",
        "author:identity-of-ada@origin-of-ada",
        "origin:origin-of-ada",
        "email-domain:example.org",
        "domain:a.shop.evil.example",
        "domain:shop.evil.example",
        "domain:evil.example",
        "domain:ada.example",
    )
    assert rule_names(a_comment(identity="", origin="", email="")) == ()


@pytest.mark.parametrize(
    "content",
    ["pills.de casino.de", "Great deals on meds: pills.de casino.de loans.de", "chec.k ou.t mon.ey at pills.de"],
)
def test_a_ban_is_looked_up_for_each_of_several_bare_hosts(content: str) -> None:
    assert "domain:pills.de" in rule_names(a_comment(content=content))


@pytest.mark.parametrize("host", ["pills.it", "pills.pl", "pills.me", "pills.us", "readme.md"])
def test_a_ban_is_looked_up_for_a_bare_host_under_an_ambiguous_ending(host: str) -> None:
    comment = a_comment(content=f"Great deals at {host} for you my friends now")
    assert f"domain:{host}" in rule_names(comment)
    ban = a_rule(RuleTarget.DOMAIN, host)
    assert "standing.banned" in seen(AuthorRuleFilter(), comment, rules=(ban,))


def test_a_ban_of_a_platform_covers_the_sites_on_it() -> None:
    looked_up = rule_names(a_comment(content="http://pills.blogspot.com", url=""))
    assert looked_up[-2:] == ("domain:pills.blogspot.com", "domain:blogspot.com")


def test_the_number_of_rules_looked_up_for_a_comment_is_limited():
    assert (
        len(rule_names(a_comment(content=" ".join(f"https://h{n}.a.b.c.example" for n in range(400)))))
        == MAX_RULE_NAMES
    )


def test_many_names_do_not_hide_the_link_of_the_author() -> None:
    content = " ".join(f"shop{n}.it" for n in range(400))
    assert "domain:pills.example" in rule_names(a_comment(content=content, url="https://pills.example"))


@pytest.mark.parametrize(
    ("effect", "signal"),
    [
        (RuleEffect.TRUST, "standing.trusted"),
        (RuleEffect.HOLD, "standing.muted"),
        (RuleEffect.SHADOW, "standing.shadowed"),
        (RuleEffect.BAN, "standing.banned"),
    ],
)
def test_each_effect_has_a_signal_that_names_the_moderator(effect, signal):
    found = seen(AuthorRuleFilter(), ADA, rules=(a_rule(RuleTarget.ORIGIN, "origin-of-ada", effect),))
    assert list(found) == [signal]
    assert found[signal].evidence.endswith("by a rule of mo")
    assert found[signal].strength == 1.0


def test_an_expired_rule_does_not_apply():
    ban = a_rule(RuleTarget.ORIGIN, "origin-of-ada", until=NOW)
    assert seen(AuthorRuleFilter(), ADA, rules=(ban,)) == {}
    assert seen(AuthorRuleFilter(), ADA, rules=(replace(ban, until=NOW + timedelta(seconds=1)),))


def test_a_term_is_matched_like_the_sites_own_words():
    ban = (a_rule(RuleTarget.TERM, "cheap pills"),)
    assert seen(AuthorRuleFilter(), a_comment(content="Ch3ap   PILLS here"), text_rules=ban)
    assert seen(AuthorRuleFilter(), a_comment(content="cheap pillows"), text_rules=ban) == {}


TRUSTED_DOMAIN = a_rule(RuleTarget.DOMAIN, "good.example", RuleEffect.TRUST)


@pytest.mark.parametrize(
    ("content", "url"),
    [
        ("see https://good.example/a and https://pills.example", ""),
        ("see https://good.example/a", "https://pills.example"),
        ("good.example is down", "https://pills.example"),
        ("I read good-day.example", "https://notgood.example"),
    ],
)
def test_one_trusted_link_does_not_pay_for_others(content: str, url: str) -> None:
    assert "standing.trusted-links" not in seen(
        AuthorRuleFilter(), a_comment(content=content, url=url), rules=(TRUSTED_DOMAIN,)
    )


def test_trust_in_domains_applies_if_each_link_is_to_one_of_them() -> None:
    other = a_rule(RuleTarget.DOMAIN, "fine.example", RuleEffect.TRUST)
    comment = a_comment(content="see https://www.good.example/a and https://fine.example", url="https://good.example")
    found = seen(AuthorRuleFilter(), comment, rules=(TRUSTED_DOMAIN, other))
    assert list(found) == ["standing.trusted-links"]
    assert "Links to good.example are trusted by a rule of mo" in found["standing.trusted-links"].evidence
    assert seen(AuthorRuleFilter(), comment, rules=(TRUSTED_DOMAIN, replace(other, until=NOW))) == {}


def test_trust_in_a_domain_takes_away_what_links_cost_and_nothing_else() -> None:
    policy = build_policy(BUILT_IN, {})
    links = [Signal(name, 1.0, "") for name in ("links.many", "links.only", "website.words", "reputation.spam")]
    others = [Signal(name, 1.0, "") for name in ("learned.spam", "author.spammed", "name.words")]
    trust = Signal("standing.trusted-links", 1.0, "")
    assert policy.decide([*links, trust], NOW).score == 0
    assert policy.decide([*links, *others, trust], NOW).score == policy.decide(others, NOW).score
    ban = Signal("standing.banned", 1.0, "")
    assert policy.decide([*links, ban, trust], NOW).action is Action.SPAM


BY_EMAIL = a_rule(RuleTarget.AUTHOR, "identity-of-ada", RuleEffect.TRUST)


def test_trust_in_an_address_does_not_help_a_stranger_who_types_it():
    assert strengths(AuthorRuleFilter(), ADA, rules=(BY_EMAIL,), approved=(9, 0)) == {}
    found = strengths(AuthorFilter(), ADA, moderation="first", rules=(BY_EMAIL,), approved=(9, 0))
    assert "author.first" in found


def test_trust_in_an_address_has_half_the_strength_for_the_same_network_or_browser():
    both = a_rule(RuleTarget.AUTHOR, "identity-of-ada@origin-of-ada", RuleEffect.TRUST)
    assert strengths(AuthorRuleFilter(), ADA, rules=(BY_EMAIL,), approved=(1, 1)) == {"standing.trusted": 0.5}
    assert strengths(AuthorRuleFilter(), ADA, rules=(BY_EMAIL, both), approved=(1, 1)) == {"standing.trusted": 1.0}
    browser = a_comment(browser="b")
    assert strengths(AuthorRuleFilter(), browser, rules=(BY_EMAIL,), approved=(1, 0, 1)) == {"standing.trusted": 0.5}


def test_trust_in_an_address_has_full_strength_once_it_is_confirmed():
    confirmed = a_comment(email_confirmed=True)
    assert strengths(AuthorRuleFilter(), confirmed, rules=(BY_EMAIL,)) == {"standing.trusted": 1.0}


@pytest.mark.parametrize("target", [RuleTarget.AUTHOR, RuleTarget.ORIGIN])
def test_a_trusted_author_is_not_held_for_a_first_comment(target):
    trust = a_rule(target, "x", RuleEffect.TRUST)
    assert strengths(AuthorFilter(), ADA, approved=(0, 0), spam=(0, 0), rules=(trust,)) == {}


def test_a_trusted_link_does_not_make_the_author_known():
    trust = a_rule(RuleTarget.DOMAIN, "essay.example", RuleEffect.TRUST)
    found = strengths(AuthorFilter(), ADA, moderation="first", approved=(0, 0), spam=(0, 0), rules=(trust,))
    assert found == {"author.first": 1.0}


def test_a_trusted_term_of_an_earlier_version_does_not_make_the_author_known():
    trust = a_rule(RuleTarget.TERM, "essay", RuleEffect.TRUST)
    found = strengths(AuthorFilter(), ADA, moderation="first", approved=(0, 0), spam=(0, 0), text_rules=(trust,))
    assert found == {"author.first": 1.0}


@pytest.mark.parametrize(
    ("effects", "action"),
    [
        ((RuleEffect.TRUST,), Action.APPROVE),
        ((RuleEffect.HOLD,), Action.HOLD),
        ((RuleEffect.TRUST, RuleEffect.HOLD), Action.HOLD),
        ((RuleEffect.SHADOW,), Action.SPAM),
        ((RuleEffect.BAN,), Action.SPAM),
        ((RuleEffect.TRUST, RuleEffect.HOLD, RuleEffect.BAN), Action.SPAM),
    ],
)
def test_a_ban_overrides_a_hold_and_a_hold_overrides_trust(effects, action):
    rules = tuple(a_rule(RuleTarget.ORIGIN, "origin-of-ada", effect) for effect in effects)
    known = facts(approved=(0, 0), spam=(0, 0), rules=rules)
    decision = build_policy(BUILT_IN, {}).for_site(a_site()).decide(run_filters(ADA, known, BUILT_IN), NOW)
    assert decision.action is action


def test_a_rule_about_a_signed_user_applies_to_their_comments_only():
    ban, trust = (a_rule(RuleTarget.AUTHOR, "u", effect) for effect in (RuleEffect.BAN, RuleEffect.TRUST))
    signed = a_comment(user="u", identity="")
    assert "author:u" in rule_names(signed)
    assert "author:u" not in rule_names(ADA)
    assert strengths(AuthorRuleFilter(), signed, rules=(ban,)) == {"standing.banned": 1.0}
    assert strengths(AuthorRuleFilter(), signed, rules=(trust,)) == {"standing.trusted": 1.0}


@pytest.mark.parametrize("network", ["the 64", "the 56", "the 48"])
def test_a_ban_of_a_wider_network_covers_all_its_networks(network: str) -> None:
    banned = replace(ADA, origin="the 64", network_56="the 56", network_48="the 48")
    ban = a_rule(RuleTarget.ORIGIN, network)
    assert ban.name in rule_names(banned)
    assert [*seen(AuthorRuleFilter(), banned, rules=(ban,))] == ["standing.banned"]
    assert ban.name not in rule_names(ADA)


def test_a_ban_of_an_email_domain_covers_its_subdomains_and_no_other_domain() -> None:
    ban = a_rule(RuleTarget.EMAIL_DOMAIN, "mail.example")
    assert ban.name in rule_names(a_comment(email="a@x.Mail.example"))
    assert ban.name not in rule_names(a_comment(email="a@notmail.example"))
    assert ban.name not in rule_names(a_comment(email="mail.example@other.example"))


def test_trust_in_an_email_domain_needs_a_confirmed_address() -> None:
    trust = a_rule(RuleTarget.EMAIL_DOMAIN, "example.org", RuleEffect.TRUST)
    typed = strengths(AuthorRuleFilter(), ADA, rules=(trust,), approved=(9, 9))
    assert typed == {}
    assert "author.first" in strengths(AuthorFilter(), ADA, moderation="first", rules=(trust,))
    confirmed = a_comment(email_confirmed=True)
    assert strengths(AuthorRuleFilter(), confirmed, rules=(trust,)) == {"standing.trusted": 1.0}


def test_a_range_is_looked_up_by_its_keyed_name_only() -> None:
    ban = a_rule(RuleTarget.RANGE, "203.0.113.0/24", id="keyed")
    assert ban.name in rule_names(a_comment(ranges=("keyed",)))
    found = seen(AuthorRuleFilter(), a_comment(ranges=("keyed",)), rules=(ban,))
    assert "203.0.113" not in found["standing.banned"].evidence


def test_the_evidence_names_each_rule_with_its_reason_once() -> None:
    rules = tuple(a_rule(RuleTarget.DOMAIN, f"s{n}.example", note="advert") for n in range(5))
    (banned,) = seen(AuthorRuleFilter(), ADA, rules=rules).values()
    assert banned.evidence.startswith("Links to s0.example are banned by a rule of mo (advert); ")
    assert banned.evidence.endswith("; and 2 more rules")


def test_an_expression_looks_only_in_its_fields() -> None:
    ban = (a_rule(RuleTarget.EXPRESSION, "/ca[s5]ino/", fields=("url",)),)
    assert seen(AuthorRuleFilter(), a_comment(content="casino"), text_rules=ban) == {}
    assert seen(AuthorRuleFilter(), a_comment(url="https://CA5INO.example"), text_rules=ban)


def test_a_rule_that_is_switched_off_does_not_apply() -> None:
    ban = a_rule(RuleTarget.ORIGIN, "origin-of-ada", enabled=False)
    text = (a_rule(RuleTarget.TERM, "essay", enabled=False),)
    assert seen(AuthorRuleFilter(), ADA, rules=(ban,), text_rules=text) == {}


def test_an_old_rule_that_muted_holds_comments() -> None:
    assert RuleEffect("mute") is RuleEffect.HOLD
