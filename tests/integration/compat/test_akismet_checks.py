"""comment-check: the judge's verdict in Akismet's words and headers."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest

from comments.errors import StorageDown
from comments.model import Comment, Signal
from comments.signals import Override, SignalCatalogue, SignalInfo
from comments.storage.interfaces import Storage
from tests.support.akismet import BLOG, HAM, SPAM, AkismetServer, open_akismet
from workers.filters import BUILT_IN, Facts, Filter

WORDS = ("true", "false", "invalid", "valid")


@dataclass(frozen=True)
class WordFilter(Filter):
    """Finds what the text names: "hold" needs review, "fail" breaks the filter."""

    name = "word"
    signals: ClassVar[SignalCatalogue] = {"word.hold": SignalInfo(Override.HOLD, "held", "not held")}

    def __call__(self, comment: Comment, facts: Facts) -> Iterable[Signal]:
        if "fail" in comment.content:
            raise ValueError
        if "hold" in comment.content:
            yield Signal("word.hold", 1.0, "the word hold")


@pytest.fixture
def akismet(storage: Storage) -> AkismetServer:
    return open_akismet(storage)


def test_ham_is_false_and_spam_is_true_as_bare_text(akismet: AkismetServer) -> None:
    for content, word in ((HAM, b"false"), (SPAM, b"true")):
        answer = akismet.check(content)
        assert (answer.status_code, answer.data) == (200, word)
        assert answer.content_type == "text/plain; charset=utf-8"
        for name in ("debug-help", "alert-code", "alert-msg", "error", "recheck-after"):
            assert f"X-akismet-{name}" not in answer.headers


def test_every_check_has_a_guid_of_its_own(akismet: AkismetServer) -> None:
    guids = [akismet.check(f"{HAM} {n}").headers["X-akismet-guid"] for n in range(3)]
    guids.append(akismet.check(comment_author="viagra-test-123").headers["X-akismet-guid"])
    assert len(set(guids)) == 4
    assert all(guids)


def test_a_client_that_asks_again_gets_the_same_check_and_no_copy_of_itself(akismet: AkismetServer) -> None:
    answers = [akismet.check(HAM) for _ in range(5)]
    assert {answer.data for answer in answers} == {b"false"}
    assert len({answer.headers["X-akismet-guid"] for answer in answers}) == 1
    others = [akismet.check(HAM, user_ip="198.51.100.9"), akismet.check(HAM, recheck_reason="edit")]
    assert len({answer.headers["X-akismet-guid"] for answer in (answers[0], *others)}) == 3


def test_a_test_and_a_check_for_another_reason_are_checks_of_their_own(akismet: AkismetServer) -> None:
    for again in ({"is_test": "1"}, {"recheck_reason": "edit"}):
        guids = {akismet.check(HAM, **again).headers["X-akismet-guid"] for _ in range(2)}
        assert len(guids) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"comment_author": "viagra-test-123"},
        {"comment_author": "akismet-guaranteed-spam"},
        {"comment_author_email": "akismet-guaranteed-spam@example.com"},
        {"comment_content": "akismet-guaranteed-spam"},
        {"comment_author": "viagra-test-123", "user_role": "administrator"},
        {"comment_author": "viagra-test-123", "is_test": "true"},
    ],
)
def test_the_test_values_are_spam(akismet: AkismetServer, fields: dict[str, str]) -> None:
    answer = akismet.check(**fields)
    assert answer.text == "true"
    assert "X-akismet-pro-tip" not in answer.headers


def test_the_test_value_for_discard_is_ours(akismet: AkismetServer) -> None:
    answer = akismet.check(comment_author="akismet-guaranteed-discard")
    assert (answer.text, answer.headers["X-akismet-pro-tip"]) == ("true", "discard")


@pytest.mark.parametrize(
    ("role", "word"), [("administrator", "false"), ("editor, Administrator", "false"), ("editor", "true")]
)
def test_an_administrator_is_never_spam(akismet: AkismetServer, role: str, word: str) -> None:
    assert akismet.check(SPAM, user_role=role).text == word


def test_only_blatant_spam_may_be_discarded(akismet: AkismetServer) -> None:
    plain = akismet.check(SPAM)
    assert (plain.text, plain.headers.get("X-akismet-pro-tip")) == ("true", None)
    blatant = akismet.check(
        f"{SPAM} http://watches.example http://loans.example http://poker.example", comment_author="Best Pills"
    )
    assert (blatant.text, blatant.headers.get("X-akismet-pro-tip")) == ("true", "discard")


def test_a_filled_honeypot_speaks_against_a_comment(akismet: AkismetServer) -> None:
    assert akismet.check(HAM, honeypot_field_name="fax", fax="").text == "false"
    assert akismet.check(HAM, honeypot_field_name="fax", fax="555 0100").text == "true"
    assert akismet.check(HAM, POST_ak_hp_textarea="x").text == "true"


@pytest.mark.parametrize(("choice", "word"), [("spam", "true"), ("ham", "false")])
def test_the_site_chooses_the_word_for_comments_that_need_review(storage: Storage, choice: str, word: str) -> None:
    akismet = open_akismet(storage, (*BUILT_IN, WordFilter()), akismet_review=choice)
    answer = akismet.check("Please hold this for me.")
    assert (answer.text, answer.headers["X-akismet-error"]) == (word, "needs-review")
    assert "X-akismet-pro-tip" not in answer.headers


def test_as_much_as_spam_has_is_spam_whatever_the_site_chose(storage: Storage) -> None:
    akismet = open_akismet(storage, akismet_review="ham", reject_words=())
    text = "Buy pills, visit http://pills.example http://watches.example http://loans.example http://poker.example"
    answer = akismet.check(text, comment_author="Best Pills")
    assert (answer.text, answer.headers["X-akismet-error"]) == ("true", "needs-review")


def test_without_a_setting_comments_that_need_review_are_not_published(storage: Storage) -> None:
    assert open_akismet(storage, (*BUILT_IN, WordFilter())).check("Please hold this for me.").text == "true"


def test_a_program_that_asks_too_often_is_throttled(storage: Storage) -> None:
    akismet = open_akismet(storage, checks_per_minute=2)
    answers = [akismet.check(HAM, comment_author=f"Ada {n}") for n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].text not in WORDS
    assert int(answers[2].headers["Retry-After"]) > 0


def test_a_failing_filter_gives_no_verdict(storage: Storage) -> None:
    assert_no_verdict(open_akismet(storage, (*BUILT_IN, WordFilter())).check("This must fail."))


def assert_no_verdict(answer: Any) -> None:
    assert answer.status_code == 503
    assert answer.text not in WORDS
    assert answer.headers["Retry-After"]
    assert "X-akismet-recheck-after" not in answer.headers


class ChecksThatAreDown:
    def ask(self, *_: object) -> str:
        raise StorageDown


def test_storage_that_is_down_gives_no_verdict(storage: Storage) -> None:
    assert_no_verdict(open_akismet(replace(storage, checks=ChecksThatAreDown())).check(HAM))


def test_a_comment_without_anything_to_judge_gets_help(akismet: AkismetServer) -> None:
    answer = akismet.check("", comment_author="", comment_author_email="")
    assert answer.status_code == 200
    assert answer.text not in WORDS
    assert "nothing to judge" in answer.headers["X-akismet-debug-help"]


def test_odd_values_are_accepted(akismet: AkismetServer) -> None:
    odd = {
        "user_ip": "not an address", "comment_author_email": "no at", "comment_author_url": "javascript:alert(1)",
        "permalink": "?", "comment_date_gmt": "soon", "comment_parent": "-1", "blog_lang": "xx_YY, de", "classify": "1",
        "comment_author": "A" * 9_000, "comment_post_ID": "7", "POST_ak_js": "1796000000000", "HTTP_ACCEPT": "*/*",
    }  # fmt: skip
    assert akismet.check(HAM, **odd).text in ("true", "false")
    assert akismet.check("x" * 65_525, is_test="1").text in ("true", "false")


def test_a_test_counts_nowhere(akismet: AkismetServer) -> None:
    akismet.check(HAM, is_test="true")
    akismet.check(SPAM, is_test="1")
    assert akismet.ask("usage-limit", "1.2").json["usage"] == 0


def test_a_comment_checked_again_is_no_copy_of_itself(akismet: AkismetServer) -> None:
    words = {akismet.check(HAM, recheck_reason="recheck_queue").text for _ in range(5)}
    assert words == {"false"}


@pytest.mark.parametrize("path", ["/1.1/comment-check", "/1.1/submit-spam", "/1.1/submit-ham"])
def test_checks_are_posted(akismet: AkismetServer, path: str) -> None:
    assert akismet.client.get(path).status_code == 405


def test_a_body_that_is_too_large_gets_no_verdict(akismet: AkismetServer) -> None:
    answer = akismet.check("x" * 2_000_000)
    assert answer.status_code == 413
    assert answer.text not in WORDS


def test_the_api_answers_below_both_versions(akismet: AkismetServer) -> None:
    assert akismet.ask("comment-check", "1.2", comment_content=HAM, blog=BLOG).text == "false"
    assert akismet.ask("no-such-thing").status_code == 404


@pytest.mark.parametrize("text", ["é" * 32_760, "夜" * 32_000])
def test_the_longest_comments_of_other_programs_get_a_verdict(akismet: AkismetServer, text: str) -> None:
    """WordPress sends a comment twice, and Discourse takes 32,000 letters."""
    answer = akismet.check(text, POST_comment=text)
    assert (answer.status_code, answer.text) in [(200, "true"), (200, "false")]


def test_many_fields_of_a_visitor_do_not_prevent_a_verdict(akismet: AkismetServer) -> None:
    assert akismet.check(**{f"POST_{n}": "x" for n in range(1_500)}).status_code == 200
