"""Reports that count towards a hold: spread over networks, and more of them for a comment that many have read."""

from datetime import datetime, timedelta

import pytest

from comments.lifecycle import Action, Role
from comments.model import Comment, Decision
from comments.pseudonyms import Pseudonyms
from comments.report_rules import ReaderReport, plausible_reports, reports_needed
from tests.support.builders import NOW, SECRET, a_comment, a_decision

PSEUDONYMS = Pseudonyms(SECRET)


def report(address: str, minutes: float = 0, browser: str = "Mozilla/5.0") -> ReaderReport:
    at = NOW + timedelta(minutes=minutes)
    networks = PSEUDONYMS.origin(address), *PSEUDONYMS.reader_networks(address)
    return ReaderReport("spam", *networks, at, PSEUDONYMS.user_agent(address, browser))


def plausible(*reports: ReaderReport, comment: Comment | None = None) -> int:
    return len(plausible_reports(reports, comment or a_comment()))


@pytest.mark.parametrize(
    ("addresses", "counted"),
    [
        (("192.0.2.1", "198.51.100.1", "203.0.113.1"), 3),
        (("192.0.2.1", "192.0.2.2", "192.0.2.3"), 1),  # three addresses of one machine
        (("8.1.1.1", "8.1.2.1", "8.1.3.1"), 1),  # one provider in one minute
        (("2001:db8:1::1", "2001:db8:1:2::1", "2001:db8:1:3::1"), 1),  # one /48
        (("2001:db8:1::1", "2001:db8:2::1", "2001:db8:3::1"), 1),  # one /32 in one minute
        (("2001:db8::1", "2001:dba::1", "2001:dbb::1"), 3),
        (("::ffff:192.0.2.1", "192.0.2.9"), 1),  # an IPv4 address in IPv6 notation
        (("192.0.2.1", "2002:c000:201::1", "2002:c000:202::1"), 1),  # 6to4
        (("192.0.2.1", "64:ff9b::c000:201"), 1),  # NAT64
        (("192.0.2.1", "2001:0:4136:e378:8000:63bf:3fff:fdfe"), 1),  # Teredo
        (("192.0.2.1", "::192.0.2.1", "::ffff:0:192.0.2.1"), 1),
        (("10.1.1.1", "10.2.1.1", "192.168.1.1", "172.16.9.1", "127.0.0.1", "169.254.3.4", "100.64.1.1"), 1),
        (("10.1.1.1", "::1", "fe80::1%eth0", "fd00:1::1", "fd00:2::1", "64:ff9b:1::a01:101", "2002:a01:101::1"), 1),
        (("192.0.2.1", "2001:db8::1"), 1),  # a machine with both versions of IP
        (("192.0.2.1", "2001:db8::1", "198.51.100.1"), 2),
    ],
)
def test_networks_of_one_machine_or_provider_count_once(addresses: tuple[str, ...], counted: int) -> None:
    assert plausible(*map(report, addresses)) == counted


def test_a_provider_counts_again_after_an_hour_but_a_machine_never() -> None:
    assert plausible(report("8.1.1.1"), report("8.1.2.1", 59), report("8.1.3.1", 61)) == 2
    assert plausible(report("8.1.1.1"), report("8.1.1.2", 61), report("8.1.1.3", 600)) == 1


def test_reports_over_both_versions_of_ip_count_once_only_from_the_same_browser_in_ten_minutes() -> None:
    assert plausible(report("192.0.2.1"), report("2001:db8::1", 9)) == 1
    assert plausible(report("192.0.2.1"), report("2001:db8::1", 10)) == 2
    assert plausible(report("192.0.2.1"), report("2001:db8::1", browser="Another/1.0")) == 2
    assert plausible(report("192.0.2.1", browser=""), report("2001:db8::1", browser=" ")) == 2


def test_reports_before_an_approval_by_a_moderator_do_not_count_again() -> None:
    held = a_comment().with_decision(a_decision(Action.APPROVE)).with_decision(a_decision(Action.HOLD))
    approved = held.with_decision(_approval(NOW + timedelta(minutes=5)))
    old = [report(f"{n}.0.2.1", n) for n in (1, 2, 3)]
    assert plausible(*old, comment=held) == 3
    assert plausible(*old, report("9.0.2.1", 6), comment=approved) == 1


def _approval(at: datetime) -> Decision:
    return a_decision(Action.APPROVE, Role.MODERATOR, "mo", at=at)


def test_reports_stored_by_an_earlier_version_count_one_by_one() -> None:
    assert plausible(ReaderReport("spam"), ReaderReport("spam")) == 2


@pytest.mark.parametrize(
    ("days", "replies", "needed"),
    [(0, 0, 3), (0, 4, 3), (0, 5, 4), (1, 0, 4), (7, 0, 5), (30, 10, 7), (365, 1000, 9)],
)
def test_what_many_have_read_and_answered_needs_more_reports(days: int, replies: int, needed: int) -> None:
    assert reports_needed(3, timedelta(days=days), replies) == needed


def test_a_site_that_turned_reports_off_never_holds() -> None:
    assert reports_needed(0, timedelta(days=400), 1000) == 0
