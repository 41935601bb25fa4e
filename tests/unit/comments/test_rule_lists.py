"""Lists of rules: every mistake is reported with its line, duplicates count once, and an export is an import."""

import csv
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.author_rules import FOREVER, AuthorRule, RuleEffect, RuleHits, RuleTarget
from comments.client_addresses import client_address
from comments.network_ranges import RangeTable, parse_range
from comments.pseudonyms import Pseudonyms
from comments.rule_lists import MAX_EXPRESSIONS, ListDefaults, check_limits, export_rules, parse_expiry, parse_rules
from comments.rule_values import guess_kind
from tests.support.builders import NOW, SECRET

PSEUDONYMS = Pseudonyms(SECRET)
DEFAULTS = ListDefaults("mo", NOW, "blog")

LIST = """\
# kept out
spam.example
kind,value,effect,expiry,reason
domain,casino.example,hold,30d,"Adverts, again"

/ca[s5]ino(/
email,nobody,ban
term,author+url:casino,allow,2001-01-01
0.0.0.0 ads.example tracker.example localhost
domain,spam.example,mute
range,16.0.0.0/4
term,shop,trust
"""


def test_every_mistake_is_reported_with_its_line_and_all_else_is_read() -> None:
    parsed = parse_rules(LIST, DEFAULTS, PSEUDONYMS)
    assert [(p.line, p.message) for p in parsed.problems] == [
        (6, "is not a regular expression: missing ) at position 10"),
        (7, "is not an email address"),
        (
            8,
            "has no effect: 'allow' is none of trust, hold, mute and ban; has the expiry '2001-01-01', which is over",
        ),
        (11, "is too wide: the widest IPv4 range is /8"),
        (12, "cannot be trusted: anybody can write a word. Trust an author, a network or a domain"),
    ]
    found = {rule.name: (rule.effect, rule.until, rule.note) for rule in parsed.rules}
    assert found == {
        "domain:spam.example": (RuleEffect.SHADOW, FOREVER, ""),
        "domain:casino.example": (RuleEffect.HOLD, NOW + timedelta(days=30), "Adverts, again"),
        "domain:ads.example": (RuleEffect.BAN, FOREVER, ""),
        "domain:tracker.example": (RuleEffect.BAN, FOREVER, ""),
    }
    assert parsed.duplicates == 1


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("/re/", "term"),
        ("url:/re/", "term"),
        ("203.0.113.9", "range"),
        ("2001:db8::/48", "range"),
        ("ada@example.com", "email"),
        ("@example.com", "email-domain"),
        ("spam.example", "domain"),
        ("https://shop.example.com/x", "domain"),
        ("node.js", "term"),
        ("cheap pills", "term"),
        ("me @ home", "term"),
    ],
)
def test_the_kind_of_a_value_is_recognized(text: str, kind: str) -> None:
    assert guess_kind(text) == kind


def test_wordpress_words_are_found_inside_longer_words() -> None:
    (rule,) = parse_rules("cialis", ListDefaults("mo", NOW, "blog", inside=True), PSEUDONYMS).rules
    assert (rule.target, rule.inside) == (RuleTarget.TERM, True)


RULES = st.builds(
    AuthorRule,
    target=st.just(RuleTarget.TERM),
    value=st.sampled_from(["casino", 'say "hi", you', "a,b", "bücher", "=1+1"]),
    effect=st.sampled_from([RuleEffect.HOLD, RuleEffect.SHADOW, RuleEffect.BAN]),
    by=st.just("mo"),
    at=st.just(NOW),
    until=st.sampled_from([FOREVER, NOW + timedelta(days=3, minutes=7)]),
    note=st.sampled_from(["", 'because, of "that"']),
    fields=st.sampled_from([("author",), ("url", "content")]),
    inside=st.booleans(),
    enabled=st.booleans(),
)


@given(st.lists(RULES, max_size=6, unique_by=lambda rule: rule.name))
def test_an_import_of_an_export_gives_the_same_rules(rules: list[AuthorRule]) -> None:
    text = export_rules(rules, {rule.name: RuleHits(3, NOW) for rule in rules})
    parsed = parse_rules(text, DEFAULTS, PSEUDONYMS)
    assert parsed.problems == ()
    assert parsed.rules == tuple(rules)


FORMULAS = ["=1+1", "+1", "-1", "@x", "'=1", "''-1", "' =1", "＝1", "'quoted'", "it's"]


@pytest.mark.parametrize("text", FORMULAS)
def test_an_exported_rule_is_no_formula_and_is_imported_as_it_was(text: str) -> None:
    rule = AuthorRule(RuleTarget.TERM, text, RuleEffect.BAN, "mo", NOW, FOREVER, f"{text} again")
    exported = export_rules([rule], {})
    for cell in next(csv.reader(exported.splitlines()[1:])):
        assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "＝"))
    assert parse_rules(exported, DEFAULTS, PSEUDONYMS).rules == (rule,)


def test_a_list_that_is_no_export_keeps_its_apostrophes() -> None:
    (rule,) = parse_rules("term,'=1", DEFAULTS, PSEUDONYMS).rules
    assert rule.value == "'=1"


def test_the_number_of_expressions_is_limited() -> None:
    rules = [
        AuthorRule(RuleTarget.EXPRESSION, f"/x{n}/", RuleEffect.BAN, "mo", NOW) for n in range(MAX_EXPRESSIONS + 1)
    ]
    check_limits(rules[1:], rules[1:])
    with pytest.raises(ValueError, match="501 regular expressions"):
        check_limits(rules[:1], rules[1:])


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("", FOREVER),
        ("never", FOREVER),
        ("30d", NOW + timedelta(days=30)),
        ("2027-01-31", datetime(2027, 2, 1, tzinfo=UTC)),
        ("2027-01-31T12:00+02:00", datetime(2027, 1, 31, 10, tzinfo=UTC)),
        ("9999-12-31", FOREVER),
    ],
)
def test_an_expiry_is_a_number_of_days_a_date_or_a_time(text: str, until: datetime) -> None:
    assert parse_expiry(text, NOW) == until


ADDRESSES = st.ip_addresses().map(str)


@given(st.lists(st.tuples(ADDRESSES, st.integers(0, 32)), max_size=8), ADDRESSES)
def test_the_table_of_ranges_finds_what_each_range_contains(pairs: list[tuple[str, int]], address: str) -> None:
    ranges = []
    for text, bits in pairs:
        try:
            ranges.append(parse_range(f"{text}/{bits if ':' not in text else 2 * bits}"))
        except ValueError:
            continue
    table = RangeTable.of((str(n), str(found)) for n, found in enumerate(ranges))
    for inside in (address, *(str(found[-1]) for found in ranges)):
        ip = client_address(inside)
        naive = {
            found
            for found in map(str, ranges)
            if ip and ip.version == ip_network(found).version and ip in ip_network(found)
        }
        assert {str(ranges[int(id)]) for id in table.containing(inside)} == naive
