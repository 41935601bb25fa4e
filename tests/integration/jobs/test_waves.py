"""Waves of copies, from the first to the last, on both back ends."""

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
from workers.learning.lesson_quotas import wave_name

#: About 230 characters that read like an honest comment.
STORY = (
    "When my aunt moved to the coast she could not find a good {0} for {1} years, and then a neighbour gave her the "
    "name of a small company near {2} that does everything by hand. She has been so happy with them ever since, {3}."
)
VARIANTS = (
    ("carpenter", "three", "Porto", "really"),
    ("carpenter", "three", "Bristol", "really"),
    ("carpenter", "two", "Bristol", "truly"),
    ("carpenter", "three", "Malmö", "honestly"),
)


@pytest.fixture
def site(storage: Storage) -> Storage:
    storage.sites.put(a_site(per_minute=0, moderation="suspicious"))
    set_deps(Deps(settings(), storage, now, RecordedJobs(), BUILT_IN, build_policy(BUILT_IN, {})))
    return storage


def sent(storage: Storage, content: str, n: int, origin: str = "") -> Comment:
    name = f"person-{n}"
    comment = accepted(
        storage, content=content, author=name, email=f"{name}@mail.example", identity=name, origin=origin or f"net-{n}"
    )
    judge("blog", "token")
    return storage.comments.get("blog", comment.id)


def test_near_copies_of_a_long_text_from_other_networks_are_held(site: Storage) -> None:
    statuses = [sent(site, STORY.format(*words), n).status for n, words in enumerate(VARIANTS)]
    assert statuses == [Status.APPROVED, Status.HELD, Status.HELD, Status.HELD]


def test_a_person_who_sends_a_long_text_twice_is_not_held(site: Storage) -> None:
    for n in range(2):
        assert sent(site, STORY.format(*VARIANTS[n]), 1, origin="mine").status is Status.APPROVED


def test_the_rest_of_a_wave_is_refused_after_a_person_marked_one_as_spam(site: Storage) -> None:
    first = sent(site, STORY.format(*VARIANTS[0]), 0)
    moderated(site, first, Action.SPAM)
    learn("blog", "")
    assert sent(site, STORY.format(*VARIANTS[0]), 1).status is Status.SPAM
    similar = sent(site, STORY.format(*VARIANTS[1]), 2)
    assert similar.status in (Status.HELD, Status.SPAM)
    restored = moderated(site, site.comments.get("blog", first.id), Action.APPROVE)
    learn("blog", "")
    assert restored.status is Status.APPROVED
    assert sent(site, STORY.format(*VARIANTS[0]), 3).status is not Status.SPAM


def test_a_flood_of_a_short_text_is_refused_after_two_decisions(site: Storage) -> None:
    text = "100RB GRATIS WISDOMTOTO"
    reviewed, statuses = 0, []
    for n in range(40):
        comment = sent(site, text, n)
        statuses.append(comment.status)
        if comment.status is Status.HELD or n == 0:  # readers report the first one
            moderated(site, comment, Action.SPAM)
            learn("blog", "")
            reviewed += 1
    assert statuses[2:] == [Status.SPAM] * 38
    assert reviewed == 2


def test_honest_short_repeats_are_published(site: Storage) -> None:
    texts = ("Thanks!", "+1", "First!", "great post", "Me too :)", "Happy birthday", "That's not a Bugatti")
    found = [sent(site, text, n * 10 + k) for k, text in enumerate(texts) for n in range(6)]
    assert [c.content for c in found if c.status is not Status.APPROVED] == []


def test_new_sentences_around_one_name_are_one_wave() -> None:
    texts = (
        "Gaes, ALEXIS17 selalu kasih kejutan tiap malam",
        "Baru coba 𝗔𝗟𝗘𝗫𝗜𝗦 𝟭 𝟳 dan langsung ketagihan main terus",
        "Nggak nyangka bisa menang besar berkat ALEXIS ⭐17⭐",
    )
    assert len({wave_name(text) for text in texts}) == 1
    assert wave_name("Gaes, DEWADORA17 selalu kasih kejutan") != wave_name(texts[0])


def test_people_who_are_mentioned_make_no_wave() -> None:
    assert wave_name("@alexis17 I agree with you") != wave_name("Look at what @alexis17 wrote about bread")


@pytest.mark.parametrize("content", ["", "88", "17 17 17", "\ud800 17", "a" * 20_000 + "17", "\u202e17alexis"])
def test_every_text_has_a_short_wave(content: str) -> None:
    assert 8 <= len(wave_name(content)) <= 9


def test_copies_have_the_name_of_their_wave(site: Storage) -> None:
    decisions = [sent(site, STORY.format(*words), n).filter_decision for n, words in enumerate(VARIANTS)]
    waves = {d.wave for d in decisions[1:] if d}
    assert len(waves) <= 2
    assert "" not in waves
