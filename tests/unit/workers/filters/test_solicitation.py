"""Offers to readers and praise for the sake of a website are held; honest comments about the same things are not.

The examples were written for this filter, whose words and limits were chosen with them. `bench.modern_spam` has others.
"""

from pathlib import Path

import pytest

from comments.lifecycle import Action
from comments.model import STAFF, Signal
from comments.signals import LINKS_TRUSTED
from comments.storage.values import TokenCounts
from replygate.evaluation.labelled_comments import read
from tests.support.builders import NOW, a_comment
from tests.unit.workers.about import policy, seen
from workers.filters.author_rules import AuthorRuleFilter
from workers.filters.solicitation import SolicitationFilter
from workers.judging.policy import build_policy
from workers.text.reader_offers import offer, ways_to_write

LINES = (Path(__file__).parent / "solicitation_examples.jsonl").read_text(encoding="utf-8").splitlines()
EXAMPLES = read(LINES).examples
FILTER = SolicitationFilter()
#: Kinds that this filter does not know: their websites, links and names are found by others.
OTHERS = ("droppers", "keyword names", "praise with only a website")
SALE = "For sale: oak table, best price 80 euros, call me tomorrow"
PRAISE = "Great article, thank you so much for sharing this useful information with us."


def is_held(spam: bool) -> list[bool]:
    chosen = [e.comment for e in EXAMPLES if e.spam is spam and e.source not in OTHERS]
    return [policy(FILTER).decide(seen(FILTER, comment).values(), NOW).action is Action.HOLD for comment in chosen]


def signs(content: str) -> int:
    return found.signs if (found := offer(content)) else 0


def test_nine_of_ten_offers_are_held() -> None:
    held = is_held(spam=True)
    assert len(held) > 200
    assert sum(held) >= 0.9 * len(held)


def test_one_of_fifty_honest_comments_about_the_same_things_is_held() -> None:
    held = is_held(spam=False)
    assert len(held) > 200
    assert sum(held) <= 0.025 * len(held)


def test_every_kind_of_offer_is_found() -> None:
    offers = [offer(e.comment.content) for e in EXAMPLES if e.spam]
    assert len({found.what for found in offers if found}) >= 13


@pytest.mark.parametrize(
    "advert",
    [
        "Buy cheap viagra and cialis without prescription, fast delivery worldwide",
        "Need a loan? Guaranteed approval in one hour, apply now: quickloans at gmail dot com",
        "Buy cheap viagra here, see https://docs.python.org/3/library/re.html, no prescription, order now",
        "Order xanax online without prescription, discreet delivery, see README.txt and config.json",
        "代写论文，价格优惠，请联系微信 abc123",
        "Кредит без справок, деньги сегодня, пишите в WhatsApp +7 900 555 01 22",
    ],
)
def test_an_offer_with_a_call_or_a_promise_is_held_whatever_speaks_for_it(advert: str) -> None:
    found = seen(FILTER, a_comment(content=advert))
    assert policy(FILTER).decide(found.values(), NOW).signals[0].holds


@pytest.mark.parametrize(
    "honest",
    [
        "Payday loans should be illegal. My cousin borrowed 300 and paid back 1,100 within a year.",
        "Viagra was first tested for angina.",
        "Does anyone know a bank that gives loans to housing co-ops?",
        "Beware of everybody who offers loans without collateral, it is a scam.",
        'They all write "guaranteed profit, click here", and people believe it.',
        "Call your representative before Thursday.",
        "You can reach the choir on 01632 960442, we rehearse on Tuesdays.",
        "Herbal remedies do not cure diabetes, ask a nurse.",
        "Nobody can recover stolen coins. The recovery experts are liars.",
        "Herbal tea did nothing for my herpes. See your doctor, not a healer.",
        "Ojo con los préstamos sin aval: a mi hermana le pidieron un pago por adelantado.",
        "Training moved to ten on Saturday. Any problems, text me on 07700 900123.",
    ],
)
def test_mentions_and_warnings_and_questions_are_not_held(honest: str) -> None:
    found = seen(FILTER, a_comment(content=honest))
    assert policy(FILTER).decide(found.values(), NOW).action is Action.APPROVE


def test_signs_far_from_each_other_are_no_offer() -> None:
    close, apart = "loan", "apply now, guaranteed"
    assert signs(f"{close} {apart}") > signs(f"{close} {'and so on it goes ' * 10} {apart}")


def test_a_term_inside_a_longer_one_is_one_sign() -> None:
    assert signs("A car loan.") == signs("A loan.") == 1


def test_the_evidence_names_the_offer_and_how_it_is_made() -> None:
    found = seen(FILTER, a_comment(content="Need cash? Personal loan, apply now, text me on +1 202 555 0147"))
    assert found["solicitation.offer"].evidence.startswith("It reads like an offer to lend money (")
    assert "asks readers to act (“apply now”" in found["solicitation.offer"].evidence
    assert found["solicitation.offer"].evidence.endswith("gives 1 way to reach its author")


def test_a_hint_is_named_in_one_sentence() -> None:
    found = seen(FILTER, a_comment(content="Free spins!!! Real money!!! http://a.example http://b.example"))[
        "solicitation.hint"
    ]
    assert found.evidence.count(", and ") == 1
    assert found.evidence.endswith(" %)")


def test_an_offer_never_makes_a_comment_spam_alone() -> None:
    text = "Guaranteed loans without collateral! Apply now, WhatsApp +1 202 555 0147, loans@mail.example " * 5
    assert policy(FILTER).decide(seen(FILTER, a_comment(content=text)).values(), NOW).action is Action.HOLD


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("ring 01632 960442 now", 1),
        ("+1 (415) 555-0123", 1),
        ("agent.funding (at) proton (dot) me", 1),
        ("morris at gmail com", 1),
        ("a@mail.example or whatsapp +44 7700 900 312", 3),
        ("in 1914, 1939 and 1945", 0),
        ("version 2.4.1 of 2024-05-01", 0),
        ("crw-rw---- 1 root root 10, 63 2008-12-01 11:40 control", 0),
        ("loans from 5000-25000", 0),
        ("we meet at school. then home", 0),
        ("@anna thanks", 0),
        ("dodaj mnie na zalo", 1),
        ("Założyłem konto, choć nie należało. An online idea about viburnum", 0),
    ],
)
def test_ways_to_reach_the_author_are_counted(text: str, ways: int) -> None:
    assert ways_to_write(text) == ways


def test_praise_of_every_page_counts_only_with_a_website() -> None:
    assert "solicitation.praise" in seen(FILTER, a_comment(content=PRAISE, url="https://shop.example"))
    assert not seen(FILTER, a_comment(content=PRAISE, url=""))


@pytest.mark.parametrize(
    "about_the_page",
    [
        "Thank you for this tutorial, the trick with the wet brush and salt worked on the first try!",
        "Great pictures, the third one with the fog over the harbour is my favourite, thanks for sharing.",
        "Great post, thanks!",
    ],
)
def test_praise_of_this_page_and_short_praise_do_not_count(about_the_page: str) -> None:
    assert not seen(FILTER, a_comment(author="Ann", content=about_the_page, url="https://ann.example"))


def test_praise_does_not_count_on_the_website_of_the_authors_own_name() -> None:
    assert not seen(FILTER, a_comment(author="Ben Ashford", content=PRAISE, url="https://benashford.example"))
    assert "solicitation.praise" in seen(
        FILTER, a_comment(author="Ben Ashford", content=PRAISE, url="https://mill.example")
    )


@pytest.mark.parametrize(
    "prose",
    [
        "Regular pool maintenance is essential for safety and enjoyment. Inspecting the pump prevents costly repairs.",
        "Sustainable packaging is essential for growing brands, "
        "and responsible sourcing of materials strengthens loyalty.",
    ],
)
def test_impersonal_prose_with_a_website_is_held(prose: str) -> None:
    with_website = seen(FILTER, a_comment(content=prose, url="https://pools.example"))
    assert "solicitation.prose" in with_website
    assert policy(FILTER).decide(with_website.values(), NOW).action is Action.HOLD
    assert not seen(FILTER, a_comment(content=prose, url=""))


@pytest.mark.parametrize(
    "honest",
    [
        "I think regular maintenance of the swimming pool prevents costly repairs and keeps the water clean.",
        "Does anybody know whether regular maintenance of the swimming pool prevents the costliest repairs in summer?",
        "The bridge was shut in 1931 as it had too much rust, and the new one is a bit up the river from it.",
        "The locomotive was constructed in Manchester in 1902 and transferred to the quarry after nationalisation.",
        "Ho migliorato la leggibilità modificando il colore del carattere, spero si legga meglio per tutti quanti.",
    ],
)
def test_texts_in_which_somebody_speaks_are_no_impersonal_prose(honest: str) -> None:
    assert not seen(FILTER, a_comment(content=honest, url="https://pools.example"))


LIKELY_SPAM = "Great video! Visit my page everybody, it is the best!!!"


def test_one_sign_of_an_offer_or_a_contact_holds_only_what_the_model_calls_likely_spam() -> None:
    contact = f"{LIKELY_SPAM} Mail me: win@prizes.example"
    assert "solicitation.hint" in seen(FILTER, a_comment(content=contact))
    assert "solicitation.hint" not in seen(FILTER, a_comment(content=f"{contact} Who else?"))
    assert not seen(
        FILTER, a_comment(content="The bridge is closed. Questions go to bridge@town.example, says the paper.")
    )
    assert not seen(FILTER, a_comment(content="My grandfather wrote a thesis about the bridge and its cracked stones."))


def test_short_praise_counts_under_a_name_of_keywords() -> None:
    found = seen(FILTER, a_comment(author="Cheap Car Insurance", content="Nice tips!", url="https://quotes.example"))
    assert "solicitation.praise" in found


def test_a_huge_text_of_terms_is_judged_quickly() -> None:
    assert signs("get your loan now contact us " * 3000) >= 2


def lessons(*words: str, ham: int = 5, spam: int = 0, all_spam: int = 15) -> TokenCounts:
    return TokenCounts(ham=40, spam=all_spam, tokens=dict.fromkeys(words, (ham, spam)))


WORDS_OF_SALE = ("for", "sale", "best", "price", "call", "me", "tomorrow")


def test_an_offer_in_words_that_people_approved_on_the_site_no_longer_always_holds() -> None:
    taught = lessons(*WORDS_OF_SALE)
    assert seen(FILTER, a_comment(content=SALE))["solicitation.offer"].strength == 1
    assert seen(FILTER, a_comment(content=SALE), corpus=taught)["solicitation.offer"].strength == 0.99


@pytest.mark.parametrize(
    "taught",
    [
        lessons(*WORDS_OF_SALE, ham=4),
        lessons(*WORDS_OF_SALE, spam=5),
        lessons(*WORDS_OF_SALE, all_spam=14),
        lessons(*WORDS_OF_SALE[2:]),
    ],
    ids=["few approvals", "as many decisions for spam", "a site with few lessons", "a word without lessons"],
)
def test_an_offer_always_holds_unless_people_approved_all_its_words(taught: TokenCounts) -> None:
    assert seen(FILTER, a_comment(content=SALE), corpus=taught)["solicitation.offer"].strength == 1


def test_praise_below_a_website_that_people_approved_no_longer_always_holds() -> None:
    comment = a_comment(content=PRAISE, url="https://mill.example")
    taught = lessons("url:mill.example")
    assert seen(FILTER, comment)["solicitation.praise"].strength == 1
    assert seen(FILTER, comment, corpus=taught)["solicitation.praise"].strength == 0.99


def test_the_team_of_a_site_may_offer_what_it_wants() -> None:
    assert seen(FILTER, a_comment(content=SALE))
    assert not seen(FILTER, a_comment(content=SALE, role=STAFF))


def test_praise_with_a_trusted_website_does_not_hold() -> None:
    praise = seen(FILTER, a_comment(content=PRAISE, url="https://mill.example")).values()
    trust = Signal(LINKS_TRUSTED, 1.0, "A moderator trusts the website")
    rules = AuthorRuleFilter()
    assert policy(FILTER, rules).decide(praise, NOW).action is Action.HOLD
    assert policy(FILTER, rules).decide([*praise, trust], NOW).action is Action.APPROVE


def test_an_offer_without_a_weight_does_not_hold() -> None:
    offers = seen(FILTER, a_comment(content=SALE)).values()
    without = build_policy([FILTER], {"weights": {"solicitation.offer": 0}})
    assert policy(FILTER).decide(offers, NOW).action is Action.HOLD
    assert without.decide(offers, NOW).action is Action.APPROVE


def test_a_doubt_shortly_before_an_offer_counts_against_it() -> None:
    text = "Personal loan without collateral, apply now"
    assert signs(f"Beware: {text}") == signs(text) - 1
    assert signs(f"Beware of {'this and that ' * 10} {text}") == signs(text)
