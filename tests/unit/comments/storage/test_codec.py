"""Values become JSON and read back equal, in this and in other versions of the program."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from comments.author_rules import AuthorRule, RuleEffect, RuleTarget
from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Signal
from comments.storage.codec import draft_id, dump, dump_state, dump_submission, load, load_comment
from tests.support.builders import NOW, a_comment, a_decision

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)


def _back(comment: Comment) -> Comment:
    return load_comment(comment.site, comment.id, dump_state(comment) + dump_submission(comment))


@given(TEXT, TEXT, TEXT)
def test_any_text_reads_back(author: str, content: str, evidence: str) -> None:
    comment = a_comment(author=author, content=content)
    decision = a_decision(Action.HOLD, signals=(Signal("links.count", 0.25, evidence, 1.5),))
    assert _back(comment) == comment
    assert _back(comment.with_decision(decision)) == comment.with_decision(decision)


def test_status_and_version_come_from_the_decisions() -> None:
    comment = (
        a_comment().with_decision(a_decision(Action.HOLD)).with_decision(a_decision(Action.APPROVE, Role.MODERATOR))
    )
    assert b"version" not in dump_state(comment)
    assert (_back(comment).status, _back(comment).version) == (Status.APPROVED, 2)
    assert (_back(a_comment()).status, _back(a_comment()).version) == (Status.QUEUED, 0)


def test_fields_with_their_default_are_not_stored() -> None:
    assert b"referrer" not in dump_submission(a_comment())
    assert dump_state(a_comment()) == b"{}\n"


def test_submission_and_state_are_stored_apart() -> None:
    comment = a_comment().with_decision(a_decision(Action.APPROVE))
    assert b"decisions" not in dump_submission(comment)
    assert b"content" not in dump_state(comment)
    assert dump_submission(comment) == dump_submission(a_comment_like(comment))


def a_comment_like(comment: Comment) -> Comment:
    return replace(comment, status=a_comment().status, version=0, decisions=())


def test_fields_of_a_later_program_are_ignored() -> None:
    comment = a_comment()
    submission = dump_submission(comment)[:-1] + b',"mood":"new"}'
    assert load_comment(comment.site, comment.id, b'{"heat":{"x":[1]}}\n' + submission) == comment


def test_a_decision_with_fields_of_a_later_program_is_read() -> None:
    comment = a_comment().with_decision(a_decision(Action.HOLD, log_odds=1.25, replies="hidden"))
    state = dump_state(comment).replace(b'"hidden"]', b'"hidden",{"new":1}]')
    assert load_comment(comment.site, comment.id, state + dump_submission(comment)) == comment


def test_a_rule_keeps_the_json_of_the_version_before() -> None:
    rule = AuthorRule(RuleTarget.TERM, "casino", RuleEffect.BAN, "mo", NOW)
    stored = f'{{"about":"term","value":"casino","stance":"ban","by":"mo","at":{round(NOW.timestamp() * 1000)}}}'
    assert dump(rule) == stored.encode()
    assert load(AuthorRule, stored.encode()) == rule


def test_a_draft_is_recognized_by_its_record() -> None:
    """Its stored form is the one of the version before: the field is made from the name of the record."""
    record = b'{}\n{"thread":"post","received":1767225600000,"content":"Other words."}'
    draft, comment = load_comment("blog", f"{'a' * 26}-edit", record), load_comment("blog", "a" * 26, record)
    assert (draft.draft_of, comment.draft_of) == ("a" * 26, "")
    assert draft.id == draft_id(comment.id)
    assert dump_submission(draft) == dump_submission(comment) == record.partition(b"\n")[2]
