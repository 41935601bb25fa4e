"""Author: the author's history on this site, and the site's rules for new authors."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from comments.author_rules import RuleEffect
from comments.model import STAFF, Comment, Signal
from comments.signals import PUBLISHED_UNSEEN, Override, SignalCatalogue, SignalInfo
from workers.learning.combined_model import combined_score
from workers.learning.features import features
from workers.text.links import links
from workers.text.normalization import fold
from workers.text.phone_numbers import has_phone_number
from workers.text.reference_works import are_references

from .author_rules import author_rules, is_link_trust
from .base import Facts, Filter, plural
from .website import WebsiteFilter

#: Largest probability of spam with which the first comment of an author is published unseen, if the site wants that.
#: `python -m bench.first_comments DATA_DIR` computes it, and what it would be without each source.
SURE = 0.06
#: Names of messengers that are also ordinary words: "a weak signal".
ORDINARY_MESSENGERS = frozenset(("messenger signal", "messenger discord"))


@dataclass(frozen=True)
class AuthorFilter(Filter):
    """Trusts authors who prove who they are, and recognizes others by what they typed, which counts only against them.

    Proof is a signed user, a confirmed email address, or the secret of the browser with the same address. The same
    address from the same network is weak evidence: it is not held as a first comment, and gives half the points.
    Comments stored before browsers had secrets have nothing better.
    """

    name = "author"
    signals: ClassVar[SignalCatalogue] = {
        "site.moderation": SignalInfo(
            Override.HOLD,
            "the site's `moderation` is `all`",
            "this site did not review every comment",
            title="Every comment is reviewed",
            sentence="{evidence}.",
            tone="warn",
        ),
        "author.first": SignalInfo(
            Override.HOLD,
            "nothing proves that a moderator approved a comment by this author, `moderation` is `first` or `unsure`, "
            "and no rule trusts the author or the network",
            "the author were known",
            title="First comment by this author",
            sentence="{evidence}.",
            tone="warn",
        ),
        PUBLISHED_UNSEEN: SignalInfo(
            0.0,
            "no moderator has approved a comment by the author, but `moderation` is `unsure` and this one has no "
            "contact in its text, no link except to reference works (Wikipedia, standards, manuals), no website that "
            f"looks like advertising, and at most {100 * SURE:g} % probability of spam",
            title="Harmless first comment",
            sentence="{evidence}.",
            tone="good",
        ),
        "author.first-link": SignalInfo(
            Override.HOLD,
            "a link or a website, and no moderator has approved one by this author, `moderation` is `first`, or "
            "`unsure` and a first comment like this would be held, and no rule trusts the author or the network",
            "a moderator had published a link of this author before",
            title="First link by this author",
            sentence="{evidence}.",
            tone="warn",
        ),
        # It outweighs a website, and no more: otherwise three harmless comments would open the site.
        "author.known": SignalInfo(
            -0.5,
            "moderators approved more comments by this author than they marked as spam; full strength from three on, "
            "if the author is signed in, confirmed the email address or uses the same browser",
            title="Known author",
            sentence="{evidence}.",
            tone="good",
            history=True,
        ),
        # More than enough to hold, and half of the points of spam.
        "author.spammed": SignalInfo(
            4.0,
            "moderators marked more comments by this author as spam than they approved",
            "the author had sent less spam",
            gradual=True,
            harm=2.0,
            title="Author sent spam before",
            sentence="{evidence}.",
            tone="bad",
        ),
    }

    #: Approved comments that give full strength.
    enough_approved: int = 3

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        # Only people's decisions count: what the filters published or refused says nothing about the next comment.
        if comment.role == STAFF:
            return
        proven = facts.approved_under(comment, *comment.proven_keys)
        # Without an origin the network proves nothing.
        likely = facts.approved_under(comment, comment.network_key) if comment.origin else 0
        approved, certainty = (proven, 1.0) if proven else (likely, 0.5)
        # What others may have typed does not count against an author who has a good record of their own.
        own = (*comment.proven_keys, comment.network_key) if proven else comment.author_keys
        spam = facts.spam_under(comment, *own)
        if facts.site.moderation == "all":
            yield Signal("site.moderation", 1.0, "A moderator reads every comment of this site before it is published")
        if facts.site.moderation in ("first", "unsure") and not _is_trusted(comment, facts):
            if not approved:
                yield _first(comment, facts)
            elif not facts.links_approved and has_links(comment) and _may_advertise(comment, facts):
                yield Signal(
                    "author.first-link", 1.0, "No moderator has published a link or a website of this author yet"
                )
        if approved > spam:
            strength = certainty * min(1.0, approved / self.enough_approved)
            yield Signal("author.known", strength, f"Moderators published {plural(approved, 'comment')} by this author")
        if spam > approved:
            yield Signal(
                "author.spammed",
                min(1.0, spam / 2),
                f"Moderators marked {plural(spam, 'comment')} by this author as spam",
            )


def _first(comment: Comment, facts: Facts) -> Signal:
    """Return the signal for the first comment of an author: it holds, unless the site publishes it when sure."""
    first = "No moderator has published a comment by this author yet"
    if facts.site.moderation != "unsure":
        return Signal("author.first", 1.0, first)
    probability = combined_score(comment, facts.corpus, facts.site.refusals).probability
    if why := _why_to_review(comment, facts, probability):
        return Signal("author.first", 1.0, f"{first}, and this one {why}")
    return Signal(PUBLISHED_UNSEEN, 1.0, f"{first}, but this one looks harmless ({100 * probability:.0f} % spam)")


def _may_advertise(comment: Comment, facts: Facts) -> bool:
    """Decide if a person should see the first link of a known author."""
    if facts.site.moderation == "first":
        return True
    probability = combined_score(comment, facts.corpus, facts.site.refusals).probability
    return bool(_why_to_review(comment, facts, probability))


def _why_to_review(comment: Comment, facts: Facts, probability: float) -> str:
    """Return what a person should see before a site that publishes first comments when sure; "" if it is sure."""
    if reason := reason_for_review(comment, facts):
        return reason
    return f"may be spam ({100 * probability:.0f} %)" if probability > SURE else ""


def reason_for_review(comment: Comment, facts: Facts) -> str:
    """Return what in a comment is seen by a person first, whatever the probability of spam; "" if nothing."""
    if has_links_in_text(comment) and not _has_references_only(comment):
        return "has a link"
    if has_contact(comment):
        return "says how to contact its author"
    if comment.url and any(WebsiteFilter()(comment, facts)):
        return "has a website or a name that looks like advertising"
    return ""


def has_contact(comment: Comment) -> bool:
    """True if the text has a phone number, an email address or the name of a messenger that is no ordinary word."""
    traits = features(comment).traits
    messengers = {trait for trait in traits if trait.startswith("messenger ")} - ORDINARY_MESSENGERS
    return bool(messengers) or "e-mail address" in traits or has_phone_number(fold(comment.content).text)


def _has_references_only(comment: Comment) -> bool:
    """True if the text links to reference works only, and the name nowhere."""
    return not links(comment.author) and are_references(links(comment.content))


def has_links_in_text(comment: Comment) -> bool:
    """True if the text or the name links somewhere."""
    return bool(links(comment.content) or links(comment.author))


def has_links(comment: Comment) -> bool:
    """True if the text links somewhere, or the author gave a website."""
    return bool(comment.url) or has_links_in_text(comment)


def _is_trusted(comment: Comment, facts: Facts) -> bool:
    """Trust by author or network only: anybody can use a trusted link."""
    rules = author_rules(comment, facts) if facts.rules else ()
    return any(rule.effect is RuleEffect.TRUST and not is_link_trust(rule) for rule in rules)
