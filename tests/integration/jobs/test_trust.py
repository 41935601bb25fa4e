"""No history of an author publishes advertising: the attack by three harmless comments, from the first to the last."""

import pytest

from comments.lifecycle import Action, Status
from comments.model import Comment
from comments.storage.interfaces import Storage
from tests.support.builders import a_site, accepted, moderated, settings
from tests.support.recorded_jobs import RecordedJobs
from workers.deps import Deps, now, set_deps
from workers.filters import BUILT_IN
from workers.jobs import judge, learn
from workers.judging.policy import build_policy

HARMLESS = (
    "The second paragraph made me think of an older essay on the same subject.",
    "I tried this with rye flour yesterday and it needed ten minutes more in the oven.",
    "My grandmother did it the same way, only she never weighed anything.",
    "Does the crust stay crisp if you freeze half of the loaf?",
)
ADVERTS = (
    "Buy cheap viagra and cialis online without prescription, fast worldwide delivery http://pills-market.example/",
    "Best online casino 2026! 500 free spins, no deposit bonus, play slots now https://luckyspins.example/bonus",
    "Instant loans without collateral, guaranteed approval in one hour. Write to our WhatsApp +1 202 555 0101 now",
    "Replica Rolex watches, Louis Vuitton handbags, 80% off, free shipping http://luxury-replica.example/shop",
    "I recovered my stolen bitcoin thanks to a great hacker, contact him at recoverexpert@mail.example or Telegram",
    "Earn $5000 a week working from home, no experience needed! Click here http://easy-money.example/join",
    "We offer SEO services, guest posts and high DA backlinks, rank first on Google. Contact seo@rank.example today",
    "Hot girls in your city want to meet you tonight, independent escorts, call now http://escorts.example",
    "Lose 20 kg in two weeks with this miracle pill, doctors hate it! Order today http://slimfast.example/order",
    "Join my forex trading signals group on Telegram, 95% win rate, double your bitcoin in 24 hours @fxsignals",
)


@pytest.fixture
def site(storage: Storage) -> Storage:
    """A storage with a site of the default settings, judged by all filters."""
    storage.sites.put(a_site(per_minute=0))
    set_deps(Deps(settings(), storage, now, RecordedJobs(), BUILT_IN, build_policy(BUILT_IN, {})))
    return storage


def sent(storage: Storage, content: str, origin: str = "origin-of-ada") -> Comment:
    """Return a comment by the same author after the filters' decision."""
    comment = accepted(storage, content=content, origin=origin)
    judge("blog", "token")
    return storage.comments.get("blog", comment.id)


def approve_harmless(storage: Storage, n: int) -> None:
    """Send n harmless comments. A moderator approves those that are held."""
    for text in HARMLESS[:n]:
        comment = sent(storage, text)
        if comment.status is Status.HELD:
            comment = moderated(storage, comment, Action.APPROVE)
            learn("blog", "")
        assert comment.status is Status.APPROVED


def test_three_harmless_comments_open_no_site_for_adverts(site: Storage) -> None:
    approve_harmless(site, 3)
    decided = [sent(site, advert) for advert in ADVERTS]
    assert [c.content for c in decided if c.status is Status.APPROVED] == []
    assert {c.status for c in decided} == {Status.HELD}, "without lessons nothing is refused"


def test_a_known_author_from_another_network_cannot_advertise(site: Storage) -> None:
    approve_harmless(site, 4)
    assert sent(site, ADVERTS[2], origin="another-network").status is Status.HELD


def test_three_comments_that_a_moderator_approved_open_no_site_either(site: Storage) -> None:
    approve_harmless(site, 1)
    for text in HARMLESS[1:3]:
        comment = moderated(site, moderated(site, sent(site, text), Action.REMOVE), Action.APPROVE)
        assert comment.lesson is not None
    learn("blog", "")
    assert {sent(site, advert).status for advert in ADVERTS} == {Status.HELD}
