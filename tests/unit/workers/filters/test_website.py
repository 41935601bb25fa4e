"""Website and name: traits of advertising that hold together, and honest ones that they must not hurt."""

import pytest

from comments.lifecycle import Action
from comments.model import Comment
from tests.support.builders import NOW, a_comment
from tests.unit.workers.about import policy, seen, strengths
from workers.filters.website import GIVEN, GIVEN_BY_NAME, WebsiteFilter
from workers.text.trade_words import trade_words_of_host, trade_words_of_name

GIVEN_WINDOW, BY_NAME_WINDOW = WebsiteFilter.windows


@pytest.mark.parametrize(
    "host",
    [
        "bestcasinobonus.com",
        "www.cheap-loans.co.uk",
        "seo.example",
        "payday-loan.shop",
        "escorts-in-delhi.in",
        "viagra.blogspot.com",
        "casino.github.io",
    ],
)
def test_trade_words_in_the_part_that_the_owner_chose(host):
    assert trade_words_of_host(host).signs


@pytest.mark.parametrize(
    "host",
    [
        "ada.example",
        "seoul-walks.kr",
        "loanword.org",
        "mikesgarden.net",
        "hackaday.com",
        "clippingpathspecialist.com",
        "polemicdigital.com",
        "elite-strategies.com",
        "blogspot.com",
        "ada.github.io",
        "192.0.2.1",
        "",
    ],
)
def test_honest_hosts_have_no_trade_words(host):
    assert not trade_words_of_host(host).signs


@pytest.mark.parametrize(
    "name", ["best casino online", "Mumbai escort service", "cheap loans near me", "SEO company", "Buy Viagra"]
)
def test_names_of_keywords(name):
    assert strengths(WebsiteFilter(), a_comment(author=name)) == {"name.words": 1.0}
    assert trade_words_of_name(name).certain


@pytest.mark.parametrize("name", ["Loan Nguyen", "Ada", "Paris Hilton", "mike", "Best regards", "Slot", "José", ""])
def test_names_of_people(name):
    assert not trade_words_of_name(name).signs


def test_the_name_of_a_host_and_a_cheap_ending_and_a_profile_are_named():
    comment = a_comment(author="greatdeals.net", url="https://forum.example.xyz/profile/771")
    assert set(seen(WebsiteFilter(), comment)) == {"name.host", "website.ending", "website.profile"}
    assert "website.profile" in seen(WebsiteFilter(), a_comment(url="https://a.example/out?url=https://b.example"))
    assert seen(WebsiteFilter(), a_comment(url="https://ada.example/blog/")) == {}


def is_held(comment: Comment, approved: tuple[int, ...] = ()) -> bool:
    found = seen(WebsiteFilter(), comment, approved=approved).values()
    return policy(WebsiteFilter()).decide(found, NOW).action is Action.HOLD


@pytest.mark.parametrize(
    "advertising",
    [
        {"author": "Mumbai escort service"},
        {"author": "Roof Repair Dallas TX"},
        {"author": "Ghostwriter Team", "url": "https://papers.example"},
        {"author": "plumber in Austin", "url": "https://austinplumbers.example"},
        {"author": "Best Price", "url": "https://shop.example"},
        {"author": "Judi Online"},
        {"author": "Sydney Escorts", "url": "https://sydney-escorts.example"},
        {"url": "https://cheap-loans.example"},
        {"url": "https://granite-worktops-leeds.example"},
        {"author": "Mark Jensen", "url": "https://jensenlifeinsurancequotes.example"},
        {"author": "Patricia", "url": "https://drip-landscaping.example"},
    ],
)
def test_names_and_hosts_of_keywords_are_held_whatever_the_text_says(advertising):
    assert is_held(a_comment(**advertising))


@pytest.mark.parametrize(
    "honest",
    [
        {"author": "Dave the Roofer", "url": "https://daveroofing.example"},
        {"author": "Priya Nair", "url": "https://nairmortgages.example"},
        {"author": "Austin Price"},
        {"author": "Crystal Price", "url": "https://crystalprice.example"},
        {"author": "Kowalski Roofing", "url": "https://kowalski.example"},
        {"author": "Judi Best"},
        {"author": "Miuccia Prada", "url": "https://art.example"},
        {"author": "Sydney Price", "url": "https://sydneyprice.example"},
        {"author": "Hotel Miramar", "url": "https://hotelmiramar.example"},
        {"author": "Javier Villanueva", "url": "https://jvsoftware.example"},
    ],
)
def test_names_of_people_in_a_trade_and_their_websites_are_not_held(honest):
    assert not is_held(a_comment(**honest))


def test_keywords_no_longer_hold_once_people_published_the_author():
    comment = a_comment(author="Best Garage Doors", url="https://bestgaragedoors.example")
    assert is_held(comment)
    assert seen(WebsiteFilter(), comment, approved=(1, 0, 0))["website.words"].strength == 0.84


def test_one_word_of_a_trade_holds_only_likely_spam():
    honest = "The bridge on the second picture was built by my grandfather in 1931."
    spam = "Great article! Visit my channel and get free followers, click here now!!!"
    host = "https://bristolfitters-kitchen.example"
    assert not is_held(a_comment(author="Jo", content=honest, url=host))
    assert is_held(a_comment(author="Jo", content=spam, url=host))


def test_the_same_website_under_several_names_is_counted():
    one, other = (a_comment(author=name, url="https://www.shoes.example/sale") for name in ("Ada", "Eve"))
    again = a_comment(author="ADA", url="http://shoes.example")
    assert GIVEN_WINDOW.value(one) == GIVEN_WINDOW.value(other) == GIVEN_WINDOW.value(again) != ""
    assert BY_NAME_WINDOW.value(one) == BY_NAME_WINDOW.value(again) != BY_NAME_WINDOW.value(other)
    for given, by_name, strength in ((9, 9, 0.0), (1, 0, 0.0), (2, 0, 2 / 3), (9, 1, 1.0)):
        counts = {GIVEN: given, GIVEN_BY_NAME: by_name}
        found = strengths(WebsiteFilter(), a_comment(url="https://shoes.example"), counts=counts)
        assert found.get("website.others", 0.0) == pytest.approx(strength)


def test_profiles_on_one_platform_are_different_websites():
    values = {GIVEN_WINDOW.value(a_comment(url=f"https://facebook.com/{name}")) for name in ("ada", "eve")}
    assert len(values) == 2
    assert GIVEN_WINDOW.value(a_comment(url="https://ada.github.io")) == "ada.github.io"
    assert GIVEN_WINDOW.value(a_comment(url="")) == ""


def test_throw_away_addresses_are_named():
    assert strengths(WebsiteFilter(), a_comment(email="x@mailinator.com")) == {"email.disposable": 1.0}
    assert strengths(WebsiteFilter(), a_comment(email="x@gmail.com")) == {}
