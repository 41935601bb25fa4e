"""Links are counted and classified. Alone they hold a comment and never make it spam."""

import pytest

from comments.drafts import drafted, edited
from comments.lifecycle import Action
from tests.support.builders import NOW, a_comment, a_decision
from tests.unit.workers.about import policy, seen, strengths
from workers.filters.links import LinkFilter


def action(content: str, url: str = "", **choices: object) -> Action:
    found = seen(LinkFilter(), a_comment(content=content, url=url), **choices)
    return policy(LinkFilter()).decide(found.values(), NOW).action


def test_prose_without_links_gives_no_signal():
    assert seen(LinkFilter()) == {}


def test_one_link_is_published_and_the_sites_limit_holds():
    assert action("My source is https://paper.example/article, worth reading.") is Action.APPROVE
    assert action("See https://paper.example/a and https://paper.example/b for more.", max_links=2) is Action.HOLD
    assert action("See https://paper.example/a and https://paper.example/b for more.") is Action.APPROVE


def test_a_limit_of_zero_means_no_limit():
    content = "Some sources: " + " ".join(f"https://paper.example/{n}" for n in range(50))
    assert action(content, max_links=0) is Action.APPROVE


def test_many_links_of_every_kind_are_held():
    content = "These are my sources: " + " ".join(["https://paper.example/1", "https://bit.ly/2"] * 20)
    assert action(content, url="https://me.example") is Action.HOLD


@pytest.mark.parametrize(
    "content",
    [
        "In ASP.NET bind user.name and user.email, then f.date and self.info come from the form, o.info and u.id too.",
        "user.name = form.name\nuser.site = form.site\nuser.info = form.info\nuser.date = form.date",
        "SELECT u.name, u.email, o.date FROM users u JOIN orders o ON o.id = u.id WHERE o.date > '2020'",
        "I moved from vb.net to asp.net, then to node.js with socket.io, and back to ado.net and system.io.",
        "The numbers of gov.uk are old. On gov.uk it says so, and gov.uk links to gov.uk and to gov.uk.",
        "Call things.info() and thing.store(), `other.site` and `other.name`, then more.name=some.name works.",
    ],
)
def test_code_and_repeated_bare_hosts_are_not_many_links(content: str):
    assert "links.many" not in seen(LinkFilter(), a_comment(content=content))


@pytest.mark.parametrize(
    "content",
    [
        "Best pills.shop and slots.casino, also cheap.store and loans.online for you.",
        "see pills.shop/a and pills.shop/b, pills.shop/c and pills.shop/d",
        "https://user.name and https://user.info, https://f.date, https://asp.net",
        "Visit t.me/chen x.com bit.ly pills.net today, friends.",
        "`pills.com` `loans.com` `slots.net` `cheap.org`",
        "https://same.example https://same.example https://same.example https://same.example",
    ],
)
def test_addresses_count_though_they_look_like_code(content: str):
    assert "links.many" in seen(LinkFilter(), a_comment(content=content))


def test_a_link_added_by_an_edit_is_held():
    approved = a_decision(Action.APPROVE)
    comment = a_comment(content="My source is https://paper.example/a, worth reading.").with_decision(approved)
    added = drafted(comment, f"{comment.content} And https://pills.example too.", NOW)
    assert seen(LinkFilter(), added)["links.added"].evidence == "pills.example"
    assert policy(LinkFilter()).decide(seen(LinkFilter(), added).values(), NOW).action is Action.HOLD
    assert "links.added" not in seen(LinkFilter(), drafted(comment, f"{comment.content} Really.", NOW))
    assert "links.added" in seen(LinkFilter(), edited(added, f"{added.content} Really.", NOW)), "nobody has read it yet"


def test_a_comment_of_links_only_gives_a_signal():
    assert "links.only" in seen(LinkFilter(), a_comment(content="here: http://shop.example"))
    assert "links.only" not in seen(LinkFilter(), a_comment(content="I wrote more about it: http://shop.example"))


def test_kinds_of_hosts_are_named():
    comment = a_comment(
        content="A http://bit.ly/x and http://0x7f.1/ and http://münchen.de here", url="http://me.example"
    )
    found = seen(LinkFilter(), comment, max_links=9)
    assert {name: found[name].evidence for name in found if name != "links.some"} == {
        "links.author": "me.example",
        "links.shortener": "bit.ly",
        "links.raw-address": "127.0.0.1",
        "links.international": "xn--mnchen-3ya.de",
    }


def test_the_authors_website_is_checked_too():
    assert strengths(LinkFilter(), a_comment(url="http://1.2.3.4/")) == {"links.author": 1.0, "links.raw-address": 1.0}
