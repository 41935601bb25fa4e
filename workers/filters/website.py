"""Website and name: what the author's website, name and mail domain show, and who else gave the same website."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from disposable_email_domains import blocklist

from comments.hosts import domains_of
from comments.model import Comment, Signal
from comments.signals import SignalCatalogue, SignalInfo
from workers.learning.combined_model import combined_score
from workers.text.links import Link, links
from workers.text.normalization import fold
from workers.text.trade_words import (
    LONG_ENOUGH,
    TradeWords,
    has_cheap_ending,
    is_own_website,
    shares_name,
    trade_words_of_host,
    trade_words_of_name,
)

from .base import Facts, Filter, Window, plural
from .links import ADVERTISING

WEEK = 7 * 24 * 3600
GIVEN, GIVEN_BY_NAME = "website.given", "website.given-by-name"
#: Addresses of profiles, which anybody can make, and of pages that only forward.
_PROFILE = re.compile(
    r"/(?:profiles?|users?|u|members?|people)(?:[/?.]|$)|[?&](?:u|uid|user|user_?id|member)=|(?:member|profile|userinfo)\."
    r"|[?&](?:url|u|goto|to|link|redirect|redir|target|q)=(?:https?|www)",
    re.IGNORECASE,
)
#: Hosts on which each path has its own owner.
_SHARED_HOSTS = frozenset(
    (
        *("facebook.com", "twitter.com", "x.com", "instagram.com", "linkedin.com", "youtube.com", "tiktok.com"),
        *("github.com", "gitlab.com", "medium.com", "about.me", "google.com", "linktr.ee", "t.me", "pinterest.com"),
        *("reddit.com", "mastodon.social", "bsky.app"),
    )
)


def _website(comment: Comment) -> Link | None:
    return next(iter(links(comment.url)), None) if comment.url else None


def website_name(comment: Comment) -> str:
    """Return what identifies the author's website: its domain, with the path on a shared host; "" without one."""
    found = _website(comment)
    if found is None:
        return ""
    domain = domains_of(found.host.removeprefix("www."))[-1]
    return domain + found.path.rstrip("/").lower() if domain in _SHARED_HOSTS else domain


def _website_and_name(comment: Comment) -> str:
    website = website_name(comment)
    return f"{website} {fold(comment.author).text}" if website else ""


@dataclass(frozen=True)
class WebsiteFilter(Filter):
    """Reads advertising in the website, the name and the mail domain, where most of it is today.

    Most are traits and no rules: tradespeople read blogs, and addresses as names and profile pages are honest too. Two
    of them hold a comment, and without lessons none makes spam. Only words of trades hold alone. `bench.websites`
    measures them.
    """

    name = "website"
    signals: ClassVar[SignalCatalogue] = {
        "website.words": SignalInfo(
            3.0,
            "words of trades that advertise in the host of the author's website; always held if hardly any honest host "
            "has them, if the host has no part of the author's name, or with one such word and at least 50 % "
            "probability of spam; 0.84 otherwise, and once people published comments by the author",
            "the author's website sounded less like advertising",
            harm=ADVERTISING,
            title="Website sounds like advertising",
            sentence="The author's website has words that advertisers use: {evidence}.",
            tone="bad",
            of_links=True,
            gradual=True,
            firm=True,
        ),
        "name.words": SignalInfo(
            3.0,
            "words of trades that advertise in the author's name; always held in a name of several words with a "
            "website that has no other part of it, with several such words of which one is strong, or with one such "
            "word and at least 50 % probability of spam; 0.84 otherwise, and once people published comments by the "
            "author",
            "the author's name sounded less like advertising",
            harm=ADVERTISING,
            title="Name sounds like advertising",
            sentence="The author's name has words that advertisers use: {evidence}.",
            tone="bad",
            gradual=True,
            firm=True,
        ),
        "name.host": SignalInfo(
            1.5,
            "the author's name is the address of a website",
            "the author's name were not a web address",
            harm=ADVERTISING,
            title="Website in the name field",
            sentence="The author's name is a web address: {evidence}.",
            tone="bad",
        ),
        "website.ending": SignalInfo(
            1.0,
            "an ending of the website's host that advertisers use much more than others (`.shop`, `.xyz`, `.bet`)",
            "the author's website had another ending",
            harm=ADVERTISING,
            title="Cheap domain ending",
            sentence="The author's website is {evidence}, and advertisers like that ending.",
            tone="warn",
            of_links=True,
        ),
        "website.profile": SignalInfo(
            1.5,
            "the author's website is a profile on another site, or a page that forwards",
            "the author's website were not a profile page",
            harm=ADVERTISING,
            title="Profile as website",
            sentence="The author's website is a profile or a page that forwards: {evidence}.",
            tone="warn",
            of_links=True,
        ),
        "website.others": SignalInfo(
            3.0,
            "comments under other names gave the same website in the last week, on any site of this deployment; full "
            "strength from three on",
            "fewer names had given the same website",
            gradual=True,
            harm=2.0,
            momentary=True,
            title="Website of many names",
            sentence="{evidence}.",
            tone="bad",
            of_links=True,
        ),
        "email.disposable": SignalInfo(
            1.0,
            "a mail address of a provider of throw-away addresses",
            "the author's email address were not a throw-away one",
            title="Throw-away email address",
            sentence="The author's email address is a throw-away one from {evidence}.",
            tone="warn",
        ),
    }
    windows: ClassVar[tuple[Window, ...]] = (
        Window(GIVEN, WEEK, website_name, shared=True),
        Window(GIVEN_BY_NAME, WEEK, _website_and_name, shared=True),
    )

    #: Other names that give full strength. One may be a colleague.
    many: int = 3
    #: Probability of spam from which one word of a trade holds.
    likely: float = 0.5
    #: Strength of words of trades that honest people may have, or of an author whom people published: it holds with
    #: another signal.
    uncertain: float = 0.84

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        has_surname = " " in comment.author.strip()
        found = trade_words_of_name(comment.author)
        website = _website(comment)
        is_own = website is not None and is_own_website(comment.author, website.host)
        signs_hold = has_surname and comment.url != "" and not is_own
        if strength := self._strength(found, signs_hold, has_surname, comment, facts):
            yield Signal("name.words", strength, _quoted(found.words))
        if links(comment.author):
            yield Signal("name.host", 1.0, comment.author)
        if website:
            yield from self._website(website, comment, facts)
        domain = comment.email.rpartition("@")[2].lower()
        if domain in blocklist:
            yield Signal("email.disposable", 1.0, domain)

    def _strength(self, found: TradeWords, signs_hold: bool, one_holds: bool, comment: Comment, facts: Facts) -> float:
        """Return the strength of words of trades: 1 holds. One word that is no sign counts only below likely spam."""
        is_new = not any(facts.approved)
        if found.signs:
            return 1.0 if is_new and (found.certain or signs_hold) else self.uncertain
        if not (is_new and one_holds and any(len(word) >= LONG_ENOUGH for word in found.words)):
            return 0.0
        score = combined_score(comment, facts.corpus, facts.site.refusals)
        return 1.0 if score.probability >= self.likely else 0.0

    def _website(self, website: Link, comment: Comment, facts: Facts) -> Iterator[Signal]:
        found = trade_words_of_host(website.host)
        is_foreign = bool(found.words) and not shares_name(comment.author, website.host)
        if strength := self._strength(found, is_foreign, True, comment, facts):
            yield Signal("website.words", strength, _quoted(found.words))
        if has_cheap_ending(website.host):
            yield Signal("website.ending", 1.0, website.host)
        if _PROFILE.search(website.path):
            yield Signal("website.profile", 1.0, website.host + website.path)
        others = facts.counts.get(GIVEN, 0) - facts.counts.get(GIVEN_BY_NAME, 0)
        if others > 1:
            evidence = f"{plural(others, 'comment')} under other names gave {website.host} in the last week"
            yield Signal("website.others", min(1.0, others / self.many), evidence)


def _quoted(found: tuple[str, ...]) -> str:
    return ", ".join(f"“{word}”" for word in found[:5])
