"""submit-spam and submit-ham teach the site, once for each check."""

from typing import Any

import pytest

from comments.pseudonyms import new_id
from comments.storage.interfaces import Storage
from tests.support.akismet import HAM, SPAM, AkismetServer, open_akismet
from workers.jobs import learn

THANKS = "Thanks for making the web a better place."


@pytest.fixture
def akismet(storage: Storage) -> AkismetServer:
    return open_akismet(storage)


def lessons(storage: Storage, site: str = "blog") -> tuple[int, int]:
    """Return the learned lessons of ham and of spam."""
    learn(site, "")
    return storage.corpus.totals(site)


def submit(akismet: AkismetServer, label: str, **fields: Any) -> None:
    answer = akismet.check_again(f"submit-{label}", **fields)
    assert (answer.status_code, answer.text) == (200, THANKS)
    assert answer.content_type == "text/plain; charset=utf-8"
    assert not [name for name, _ in answer.headers if name.lower().startswith("x-akismet")]


def test_feedback_by_guid_teaches_once(storage: Storage, akismet: AkismetServer) -> None:
    guid = akismet.check(HAM).headers["X-akismet-guid"]
    for _ in range(3):
        submit(akismet, "spam", guid=guid, comment_content="")
    assert lessons(storage) == (0, 1)


def test_the_other_label_replaces_the_lesson(storage: Storage, akismet: AkismetServer) -> None:
    guid = akismet.check(HAM).headers["X-akismet-guid"]
    submit(akismet, "spam", guid=guid)
    submit(akismet, "ham", guid=guid)
    assert lessons(storage) == (1, 0)


def test_feedback_without_a_guid_finds_the_check_by_its_fields(storage: Storage, akismet: AkismetServer) -> None:
    akismet.check(HAM, user_ip="198.51.100.7", user_agent="A browser")
    for ip in ("203.0.113.1", "203.0.113.2"):  # some programs send the moderator's address
        submit(akismet, "spam", comment_content=HAM, user_ip=ip, guid=new_id())
    assert lessons(storage) == (0, 1)
    assert akismet.ask("get-stats").json["missed_spam"] == 1


def test_wordpress_sends_backslashes_with_the_check_and_none_with_feedback(
    storage: Storage, akismet: AkismetServer
) -> None:
    akismet.check(r"It\'s the \"old\" pier", comment_author=r"Pat O\'Hare")
    submit(akismet, "spam", comment_content='It\'s the "old" pier', comment_author="Pat O'Hare")
    assert akismet.ask("get-stats").json["missed_spam"] == 1
    assert lessons(storage) == (0, 1)


def test_a_text_that_was_never_checked_teaches_once(storage: Storage, akismet: AkismetServer) -> None:
    for _ in range(2):
        submit(akismet, "spam", comment_content=SPAM)
    assert lessons(storage) == (0, 1)
    submit(akismet, "ham", comment_content=SPAM)
    assert lessons(storage) == (1, 0)


def test_tests_teach_nothing(storage: Storage, akismet: AkismetServer) -> None:
    guid = akismet.check(HAM, is_test="true").headers["X-akismet-guid"]
    submit(akismet, "spam", guid=guid, is_test="1")
    submit(akismet, "spam", comment_content=HAM, is_test="true")
    submit(akismet, "spam", comment_author="viagra-test-123")
    submit(akismet, "ham", comment_content="akismet-guaranteed-spam")
    assert lessons(storage) == (0, 0)


def test_feedback_counts_only_what_the_judge_got_wrong(akismet: AkismetServer) -> None:
    ham = akismet.check(HAM).headers["X-akismet-guid"]
    spam = akismet.check(SPAM).headers["X-akismet-guid"]
    submit(akismet, "ham", guid=ham)
    submit(akismet, "spam", guid=spam)
    assert corrections(akismet) == (0, 0)
    for _ in range(2):
        submit(akismet, "ham", guid=spam)
    assert corrections(akismet) == (0, 1)


def test_a_label_that_changes_back_and_forth_counts_once(akismet: AkismetServer) -> None:
    ham = akismet.check(HAM).headers["X-akismet-guid"]
    for label, counted in (("spam", 1), ("ham", 0), ("spam", 1), ("spam", 1), ("ham", 0), ("spam", 1)):
        submit(akismet, label, guid=ham)
        assert corrections(akismet) == (counted, 0)


def corrections(akismet: AkismetServer) -> tuple[int, int]:
    found = akismet.ask("get-stats").json
    return found["missed_spam"], found["false_positives"]


def test_the_guid_of_another_site_teaches_the_text_that_was_sent(storage: Storage, akismet: AkismetServer) -> None:
    guid = akismet.check(HAM).headers["X-akismet-guid"]
    submit(akismet, "spam", guid=f"{guid}x", comment_content=SPAM)
    assert lessons(storage) == (0, 1)


def test_feedback_as_json_without_a_blog_is_accepted(storage: Storage, akismet: AkismetServer) -> None:
    """Coral sends it like this, with the key in the host name."""
    answer = akismet.client.post(
        "/1.1/submit-spam",
        json={"comment_content": SPAM, "comment_author": "Bo", "user_ip": "203.0.113.9"},
        headers={"Host": f"{akismet.key}.rest.akismet.com"},
    )
    assert answer.text == THANKS
    assert lessons(storage) == (0, 1)


def test_feedback_about_nothing_gets_help(storage: Storage, akismet: AkismetServer) -> None:
    answer = akismet.ask("submit-spam")
    assert answer.text != THANKS
    assert answer.headers["X-akismet-debug-help"]
    assert lessons(storage) == (0, 0)
