"""Numbers and accounts as Akismet's clients and its plugin read them."""

import csv
from datetime import UTC, datetime

import pytest

from comments.storage.interfaces import Storage
from tests.support.akismet import BLOG, HAM, SPAM, AkismetServer, key_of, open_akismet


@pytest.fixture
def akismet(storage: Storage) -> AkismetServer:
    server = open_akismet(storage)
    server.check(HAM)
    server.check(SPAM)
    server.check(HAM, comment_author="Bo")
    return server


def test_usage_has_no_limit(akismet: AkismetServer) -> None:
    plain = {"limit": "none", "usage": 3, "percentage": "0.00", "throttled": False}
    assert akismet.ask("usage-limit", "1.2").json == plain
    extended = akismet.ask("usage-limit", "1.2", extended="true").json
    assert extended == {**plain, "notice_level": "NOTICE_NONE", "upgrade": False}


def test_usage_is_asked_by_get_too(akismet: AkismetServer) -> None:
    posted = akismet.ask("usage-limit", "1.2").json
    got = akismet.client.get("/1.2/usage-limit", query_string={"api_key": key_of(), "blog": BLOG})
    assert got.json == posted


def test_the_sites_of_a_key_are_its_site(akismet: AkismetServer) -> None:
    month = f"{datetime.now(UTC):%Y-%m}"
    found = akismet.ask("key-sites", "1.2").json
    row = {
        "site": BLOG, "api_calls": 3, "spam": 1, "ham": 2, "missed_spam": 0, "false_positives": 0, "is_revoked": False,
    }  # fmt: skip
    assert found == {month: [row], "limit": 500, "offset": 0, "total": 1}
    assert akismet.ask("key-sites", "1.2", month="2020-01").json["2020-01"][0]["api_calls"] == 0
    assert akismet.ask("key-sites", "1.2", filter="other").json["total"] == 0
    assert akismet.ask("key-sites", "1.2", filter=" BLOG.ex ").json["total"] == 1


def test_the_sites_are_paged_and_the_answer_says_how(akismet: AkismetServer) -> None:
    month = f"{datetime.now(UTC):%Y-%m}"
    for sent, limit, offset, n in (
        ({"limit": "1"}, 1, 0, 1),
        ({"limit": "9000", "offset": "0"}, 500, 0, 1),
        ({"limit": "007", "offset": "1"}, 7, 1, 0),
        ({"limit": "", "offset": " 3 "}, 500, 3, 0),
    ):
        found = akismet.ask("key-sites", "1.2", **sent).json
        assert (found["limit"], found["offset"], found["total"], len(found[month])) == (limit, offset, 1, n)


@pytest.mark.parametrize("order", ["total", "spam", "ham", "missed_spam", "false_positives", "SPAM"])
def test_every_order_of_akismet_is_accepted(akismet: AkismetServer, order: str) -> None:
    assert akismet.ask("key-sites", "1.2", order=order, format="JSON").json["total"] == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("limit", "0"), ("limit", "-1"), ("limit", "x"), ("limit", "1" * 5000), ("offset", "-1"), ("offset", "1.5"),
        ("offset", "\u0661"), ("order", "site"), ("order", "total,spam"), ("format", "xml"), ("month", "0"),
    ],
)  # fmt: skip
def test_values_that_cannot_be_used_get_help(akismet: AkismetServer, field: str, value: str) -> None:
    answer = akismet.ask("key-sites", "1.2", **{field: value})
    assert answer.text.startswith(f"The {field} must ")
    assert answer.headers["X-akismet-debug-help"] == answer.text


def test_all_values_that_cannot_be_used_are_named_at_once(akismet: AkismetServer) -> None:
    answer = akismet.ask("key-sites", "1.2", limit="x", order="y", month="z")
    assert [name in answer.text for name in ("month", "limit", "order", "offset")] == [True, True, True, False]


def test_the_sites_are_given_as_csv(akismet: AkismetServer) -> None:
    answer = akismet.ask("key-sites", "1.2", format="csv", month="2026-09")
    assert answer.mimetype == "text/csv"
    title, head, row = list(csv.reader(answer.text.splitlines()))
    assert title == ["Active sites for 2026-09"]
    assert head == ["Site", "Total API Calls", "Spam", "Ham", "Missed Spam", "False Positives", "Is Revoked"]
    assert row[0] == BLOG


def test_the_plugin_sees_an_active_account(akismet: AkismetServer) -> None:
    found = akismet.ask("get-subscription").json
    assert (found["status"], found["account_name"], found["limit_reached"]) == ("active", "Replygate, A blog", False)
    assert akismet.ask("deactivate").text == "deactivated"
    assert akismet.ask("verify-key").text == "valid"
    assert akismet.client.get("/1.1/test").text == "connected"
    assert akismet.ask("token").text


def test_statistics_count_answers_and_corrections(akismet: AkismetServer) -> None:
    akismet.ask("submit-spam", comment_content=HAM, comment_author="Bo", permalink=f"{BLOG}/pier")
    found = akismet.ask("get-stats", **{"from": "6-months"}).json
    assert (found["spam"], found["ham"], found["missed_spam"], found["false_positives"]) == (1, 2, 1, 0)
    assert found["accuracy"] == pytest.approx(66.67)
    assert list(found["breakdown"]) == [f"{datetime.now(UTC):%Y-%m}"]


def test_old_months_are_in_all_statistics_alone(storage: Storage, akismet: AkismetServer) -> None:
    storage.check_records.count("blog", "spam", datetime(2020, 5, 1, tzinfo=UTC), 7)
    assert akismet.ask("get-stats", **{"from": "60-days"}).json["spam"] == 1
    assert akismet.ask("get-stats", **{"from": "all"}).json["spam"] == 8


def test_key_sites_refuses_a_malformed_month(akismet: AkismetServer) -> None:
    for month in ("2026-13", "September", "2026-9", "\u0662026-09"):
        answer = akismet.ask("key-sites", month=month)
        assert answer.headers["X-akismet-debug-help"] == answer.text == "The month must have the form 2026-09."
