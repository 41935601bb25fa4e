"""Look up evidence and learn lessons, on every back end."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from random import Random

from comments.lifecycle import Action, Label
from comments.model import Comment
from comments.storage.corpus_lessons import CEILING_LESSONS, Quota, counted_lessons, ham_ceiling, lesson_of
from comments.storage.interfaces import Storage
from comments.storage.values import CommentChange, Evidence, EvidenceQuery, TokenCounts, WindowUse
from tests.support.builders import NOW, a_decision, accepted, decided, moderated, published

HOUR = WindowUse("texts", 3600, "same")


def _ask(storage: Storage, *questions: EvidenceQuery, site: str = "blog") -> list[Evidence]:
    return storage.evidence.look_up(site, questions)


def test_a_window_counts_other_comments(storage: Storage) -> None:
    counts = [_ask(storage, EvidenceQuery(uses=(HOUR,)))[0].counts["texts"] for _ in range(3)]
    assert counts == [0, 1, 2]


def test_comments_of_one_batch_count_each_other_in_order(storage: Storage) -> None:
    answers = _ask(storage, *[EvidenceQuery(uses=(HOUR,))] * 3)
    assert [a.counts["texts"] for a in answers] == [0, 1, 2]


def test_a_repeated_attempt_counts_nothing_twice(storage: Storage) -> None:
    _ask(storage, EvidenceQuery(uses=(HOUR,)))
    again = _ask(storage, EvidenceQuery(uses=(HOUR,), first_attempt=False))
    assert again[0].counts["texts"] == 0
    assert _ask(storage, EvidenceQuery(uses=(HOUR,)))[0].counts["texts"] == 1


def test_windows_and_values_do_not_mix(storage: Storage) -> None:
    uses = (HOUR, WindowUse("texts", 3600, "another"), WindowUse("names", 3600, "same"))
    _ask(storage, *(EvidenceQuery(uses=(use,)) for use in uses))
    assert [_ask(storage, EvidenceQuery(uses=(use,)))[0].counts[use.window] for use in uses] == [1, 1, 1]


def test_several_values_in_one_window_give_the_largest_count(storage: Storage) -> None:
    _ask(storage, EvidenceQuery(uses=(WindowUse("bands", 3600, "a"),)))
    (answer,) = _ask(storage, EvidenceQuery(uses=(WindowUse("bands", 3600, "b"), WindowUse("bands", 3600, "a"))))
    assert answer.counts["bands"] == 1


def test_each_site_has_its_own_windows_and_all_share_the_shared_ones(storage: Storage) -> None:
    shared = WindowUse("everywhere", 3600, "same", shared=True)
    _ask(storage, EvidenceQuery(uses=(HOUR, shared)))
    (answer,) = _ask(storage, EvidenceQuery(uses=(HOUR, shared)), site="other")
    assert dict(answer.counts) == {"texts": 0, "everywhere": 1}


def test_an_empty_query_gets_empty_evidence(storage: Storage) -> None:
    (answer,) = _ask(storage, EvidenceQuery(thread="new"))
    assert answer == Evidence()
    assert _ask(storage) == []


def test_evidence_has_the_state_of_the_thread(storage: Storage) -> None:
    comment = published(storage)
    storage.threads.set_closed("blog", "first-post", True)
    known, unknown = _ask(storage, EvidenceQuery(thread="first-post"), EvidenceQuery(thread="another"))
    assert (known.thread_closed, known.thread_opened) == (True, comment.received)
    assert (unknown.thread_closed, unknown.thread_opened) == (False, None)


def test_each_query_gets_the_state_of_its_own_parent(storage: Storage) -> None:
    root = published(storage)
    reply = published(storage, parent=root.id)
    held = decided(storage, accepted(storage), Action.HOLD)
    parents = ["", root.id, reply.id, held.id, "nothing"]
    answers = _ask(storage, *(EvidenceQuery(thread="first-post", parent=p) for p in parents))
    assert [a.parent_published for a in answers] == [True, True, True, False, False]


def test_a_parent_in_another_thread_counts_as_unpublished(storage: Storage) -> None:
    root = published(storage, thread="another")
    assert not _ask(storage, EvidenceQuery(thread="first-post", parent=root.id))[0].parent_published


def _learn(storage: Storage, comment: Comment, *tokens: str) -> bool:
    return storage.corpus.learn("blog", storage.comments.get("blog", comment.id), frozenset(tokens))


def _held(storage: Storage) -> Comment:
    return decided(storage, accepted(storage), Action.HOLD)


def test_a_lesson_is_counted_once_however_often_it_is_learned(storage: Storage) -> None:
    comment = moderated(storage, _held(storage), Action.SPAM)
    assert [_learn(storage, comment, "casino", "bonus") for _ in range(3)] == [True, False, False]
    assert storage.corpus.snapshot("blog") == TokenCounts(0, 1, {"casino": (0, 1), "bonus": (0, 1)})
    assert storage.corpus.due("blog", 9) == []


def test_a_lesson_is_counted_once_by_four_workers(storage: Storage) -> None:
    comments = [moderated(storage, _held(storage), Action.SPAM) for _ in range(10)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: [_learn(storage, c, "casino") for c in comments], range(4)))
    assert storage.corpus.totals("blog") == (0, 10)


def test_the_first_lesson_is_seen_by_a_process_that_found_none(storage: Storage) -> None:
    query = EvidenceQuery(tokens=frozenset({"casino"}))
    assert [_ask(storage, query)[0].corpus for _ in range(2)] == [TokenCounts()] * 2
    comment = moderated(storage, _held(storage), Action.SPAM)
    _learn(storage, comment, "casino")
    assert [_ask(storage, query)[0].corpus for _ in range(2)] == [TokenCounts(0, 1, {"casino": (0, 1)})] * 2
    moderated(storage, comment, Action.APPROVE)
    _learn(storage, comment, "casino")
    assert _ask(storage, query)[0].corpus == TokenCounts(1, 0, {"casino": (1, 0)})


def test_a_new_label_removes_the_old_lesson(storage: Storage) -> None:
    comment = moderated(storage, _held(storage), Action.SPAM)
    _learn(storage, comment, "casino", "essay")
    moderated(storage, comment, Action.APPROVE)
    assert _learn(storage, comment, "casino", "essay")
    assert storage.corpus.snapshot("blog") == TokenCounts(1, 0, {"casino": (1, 0), "essay": (1, 0)})


def test_undo_and_removal_unlearn_exactly(storage: Storage) -> None:
    kept = moderated(storage, _held(storage), Action.SPAM)
    _learn(storage, kept, "casino")
    before = storage.corpus.snapshot("blog")
    undone = moderated(storage, _held(storage), Action.SPAM)
    removed = moderated(storage, _held(storage), Action.APPROVE)
    _learn(storage, undone, "casino", "new")
    _learn(storage, removed, "casino", "other")
    storage.comments.decide("blog", [CommentChange(undone, undone.with_undo("mo", NOW))])
    moderated(storage, removed, Action.REMOVE)
    _learn(storage, undone, "casino", "new")
    _learn(storage, removed, "casino", "other")
    assert storage.corpus.snapshot("blog") == before


def test_a_lesson_is_removed_with_the_tokens_it_was_learned_with(storage: Storage) -> None:
    comment = moderated(storage, _held(storage), Action.SPAM)
    _learn(storage, comment, "old", "way")
    moderated(storage, comment, Action.REMOVE)
    _learn(storage, comment, "words", "cut", "differently")
    assert storage.corpus.snapshot("blog") == TokenCounts()


def test_a_comment_that_changed_since_it_was_read_stays_due(storage: Storage) -> None:
    stale = moderated(storage, _held(storage), Action.SPAM)
    moderated(storage, stale, Action.APPROVE)
    assert not storage.corpus.learn("blog", stale, frozenset({"casino"}))
    assert storage.corpus.due("blog", 9) == [stale.id]
    assert storage.corpus.totals("blog") == (0, 0)


def test_learned_tokens_are_in_the_evidence(storage: Storage) -> None:
    _learn(storage, moderated(storage, _held(storage), Action.SPAM), "casino", "the")
    _learn(storage, moderated(storage, _held(storage), Action.APPROVE), "the")
    one, other = _ask(
        storage, EvidenceQuery(tokens=frozenset({"the", "new"})), EvidenceQuery(tokens=frozenset({"casino"}))
    )
    assert one.corpus == TokenCounts(1, 1, {"the": (1, 1)})
    assert other.corpus == TokenCounts(1, 1, {"casino": (0, 1)})


def test_tokens_may_hold_anything(storage: Storage) -> None:
    odd = ("a b", '"quoted"', "née", "{}", "\U0001f600", "\\n")
    _learn(storage, moderated(storage, _held(storage), Action.APPROVE), *odd)
    assert set(storage.corpus.snapshot("blog").tokens) == set(odd)


def _honest(
    storage: Storage, log_odds: float, action: Action = Action.APPROVE, verdict: Action = Action.HOLD
) -> Comment:
    """Store a comment with these log-odds, decided by a moderator and learned."""
    comment = accepted(storage)
    held = comment.with_decision(a_decision(verdict, log_odds=log_odds))
    assert storage.comments.decide("blog", [CommentChange(comment, held)]) == [True]
    decided = moderated(storage, held, action)
    storage.corpus.learn("blog", decided, frozenset({"w"}))
    return decided


def _bar(storage: Storage) -> float:
    bar = storage.evidence.look_up("blog", [EvidenceQuery()])[0].corpus.ham_ceiling
    assert storage.corpus.snapshot("blog").ham_ceiling == bar
    return bar


def test_honest_lessons_raise_the_spam_threshold_until_they_are_removed(storage: Storage) -> None:
    assert _bar(storage) == 0.0
    highest, _, _ = _honest(storage, 6.5), _honest(storage, 9.0, Action.SPAM), _honest(storage, 5.0)
    assert _bar(storage) == 6.5
    storage.corpus.learn("blog", moderated(storage, highest, Action.SPAM), frozenset({"w"}))
    assert _bar(storage) == 5.0


def test_an_older_honest_score_counts_again_when_a_later_one_is_removed(storage: Storage) -> None:
    lessons = sorted((_honest(storage, float(n % 7)) for n in range(CEILING_LESSONS + 5)), key=lambda c: c.id)
    removed = [_taken_back(storage, comment) for comment in lessons[5:15]]
    assert len(removed) == 10
    left = [lesson for lesson in lessons if lesson.id not in {c.id for c in removed}]
    assert _bar(storage) == max(c.filter_decision.log_odds for c in left[-CEILING_LESSONS:] if c.filter_decision)


def _taken_back(storage: Storage, comment: Comment) -> Comment:
    removed = moderated(storage, comment, Action.REMOVE)
    assert storage.corpus.learn("blog", removed, frozenset())
    return removed


def _residual(storage: Storage) -> int:
    residual = storage.evidence.look_up("blog", [EvidenceQuery()])[0].corpus.residual
    assert storage.corpus.snapshot("blog").residual == residual
    return residual


def test_residuals_of_lessons_are_added_and_removed_exactly(storage: Storage) -> None:
    assert _residual(storage) == 0
    lessons = [_honest(storage, 2.2, Action.SPAM), _honest(storage, -2.2, Action.SPAM), _honest(storage, 1.1)]
    assert _residual(storage) == 10 + 90 - 75
    for comment, left in zip(lessons, (90 - 75, -75, 0), strict=True):
        _taken_back(storage, comment)
        assert _residual(storage) == left


def test_only_comments_that_the_filters_gave_to_a_moderator_have_residuals(storage: Storage) -> None:
    _honest(storage, -2.2, Action.SPAM, Action.APPROVE)
    _honest(storage, 2.2, Action.APPROVE, Action.SPAM)
    assert storage.corpus.totals("blog") == (1, 1)
    assert _residual(storage) == 0


def test_a_lesson_of_a_very_long_text_is_counted_and_taken_back(storage: Storage) -> None:
    words = frozenset(f"word{n}" for n in range(2_500))
    first, second = (moderated(storage, _held(storage), Action.SPAM) for _ in range(2))
    assert storage.corpus.learn("blog", first, words)
    assert storage.corpus.learn("blog", second, frozenset({"word7", "other"}))
    assert storage.corpus.snapshot("blog").tokens == {**dict.fromkeys(words, (0, 1)), "word7": (0, 2), "other": (0, 1)}
    _taken_back(storage, first)
    assert storage.corpus.snapshot("blog") == TokenCounts(0, 1, {"word7": (0, 1), "other": (0, 1)}, 0.0, 0)


CAMPAIGN = Quota("campaign", 3)


def _learned_in_quota(storage: Storage, *quotas: Quota) -> Comment:
    comment = moderated(storage, _held(storage), Action.SPAM)
    storage.corpus.learn("blog", comment, frozenset({"casino"}), quotas)
    return comment


def test_a_quota_limits_the_lessons_that_count(storage: Storage) -> None:
    for _ in range(10):
        _learned_in_quota(storage, CAMPAIGN)
    assert storage.corpus.snapshot("blog") == TokenCounts(0, 3, {"casino": (0, 3)})
    _learned_in_quota(storage, Quota("another", 3))
    assert storage.corpus.totals("blog") == (0, 4)


def test_another_lesson_of_the_quota_counts_when_one_is_removed(storage: Storage) -> None:
    lessons = [_learned_in_quota(storage, CAMPAIGN) for _ in range(6)]
    for n, lesson in enumerate(lessons, 1):
        _taken_back(storage, lesson)
        assert storage.corpus.totals("blog") == (0, min(3, 6 - n))
    assert storage.corpus.snapshot("blog") == TokenCounts()


def test_the_lessons_that_count_do_not_depend_on_their_order(storage: Storage) -> None:
    chance = Random(3)
    quotas = [(CAMPAIGN,), (Quota("mo", 4),), (CAMPAIGN, Quota("mo", 4)), ()]
    actions = (Action.SPAM, Action.APPROVE)
    comments = [_honest(storage, chance.uniform(-4, 4), chance.choice(actions)) for _ in range(24)]
    storage.corpus.forget("blog", {})
    taught = {c.id: (c, frozenset({f"word{n % 5}"}), chance.choice(quotas)) for n, c in enumerate(comments)}
    for _ in range(3):
        for comment, tokens, of in chance.sample(sorted(taught.values(), key=lambda t: t[0].id), len(taught)):
            storage.corpus.learn("blog", comment, tokens, of)
        learned = storage.corpus.snapshot("blog")
        assert learned == _counted(taught.values())
        storage.corpus.forget("blog", {})


def _counted(taught: Iterable[tuple[Comment, frozenset[str], tuple[Quota, ...]]]) -> TokenCounts:
    lessons = {c.id: lesson for c, tokens, of in taught if (lesson := lesson_of(c, tokens, of))}
    labels = {id: lessons[id].label for id in counted_lessons(lessons)}
    words = {t for id in labels for t in lessons[id].tokens}
    pairs = {w: tuple(sum(labels[i] is of and w in lessons[i].tokens for i in labels) for of in Label) for w in words}
    ham, spam = (list(labels.values()).count(of) for of in Label)
    return TokenCounts(ham, spam, pairs, ham_ceiling(lessons), sum(lessons[id].residual for id in labels))  # type: ignore[arg-type]


def test_a_cleared_corpus_can_be_learned_again(storage: Storage) -> None:
    spam = moderated(storage, _held(storage), Action.SPAM)
    _learn(storage, spam, "casino")
    _learn(storage, moderated(storage, _held(storage), Action.APPROVE), "essay")
    storage.corpus.forget("blog", {"blog": [spam.id]})
    assert storage.corpus.snapshot("blog") == TokenCounts()
    assert storage.corpus.due("blog", 9) == [spam.id]
    _learn(storage, spam, "slots")
    assert storage.corpus.snapshot("blog") == TokenCounts(0, 1, {"slots": (0, 1)})
    assert storage.corpus.due("blog", 9) == []


def test_only_decisions_of_people_count_as_such(storage: Storage) -> None:
    by_filters = published(storage)
    approved, spam = (moderated(storage, _held(storage), action) for action in (Action.APPROVE, Action.SPAM))
    decided(storage, accepted(storage), Action.SPAM)
    moderated(storage, by_filters, Action.REMOVE)

    def counts() -> tuple[tuple[int, ...], tuple[int, ...]]:
        (answer,) = _ask(storage, EvidenceQuery(author=approved.author_keys))
        return answer.approved_by_people, answer.spam_by_people

    assert counts() == ((1, 1), (1, 1))
    storage.comments.decide("blog", [CommentChange(spam, spam.with_undo("mo", NOW))])
    assert counts() == ((1, 1), (0, 0))
    moderated(storage, approved, Action.SPAM)
    assert counts() == ((0, 0), (1, 1))


def test_trust_in_links_needs_an_approved_link(storage: Storage) -> None:
    def approved(**fields: str) -> bool:
        comment = moderated(storage, decided(storage, accepted(storage, **fields), Action.HOLD), Action.APPROVE)
        (answer,) = _ask(storage, EvidenceQuery(author=comment.author_keys, trusted=(comment.network_key,)))
        return answer.links_approved

    assert not approved(identity="without")
    published(storage, identity="by-filters", content="See https://a.example")
    assert not approved(identity="by-filters")
    assert approved(identity="linking", content="See https://a.example")
    assert approved(identity="owner", url="https://a.example")
