"""Requests of Akismet's clients are read as leniently as Akismet reads them."""

from datetime import UTC, datetime
from urllib.parse import quote_from_bytes, urlencode

import pytest
from flask import Request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.test import EnvironBuilder

from service.compat.akismet_fields import (
    AkismetFields,
    read_akismet_fields,
    without_slashes,
)
from service.web.upload_limits import MAX_AKISMET_BODY

FORM = "application/x-www-form-urlencoded"


def read(body: bytes = b"", kind: str = FORM, query: str = "") -> AkismetFields:
    environ = EnvironBuilder(method="POST", input_stream=None, data=body, content_type=kind, query_string=query)
    return read_akismet_fields(Request(environ.get_environ()))


def test_a_repeated_field_has_its_last_value():
    assert read(b"key=first&key=second").text("key") == "second"


@pytest.mark.parametrize(
    "body",
    ["comment_context[]=tides&comment_context[]=piers", "comment_context[0]=tides&comment_context[1]=piers"],
)
def test_a_list_is_joined(body: str):
    assert read(body.encode()).text("comment_context") == "tides, piers"


def test_the_query_counts_and_the_body_wins():
    found = read(b"key=body", query="key=query&extended=true")
    assert (found.text("key"), found.is_true("extended")) == ("body", True)


@pytest.mark.parametrize("charset", ["iso-8859-15", "windows-1251", "koi8-r", "euc-jp", "Shift_JIS", "GBK", "UTF-8"])
def test_texts_are_decoded_by_the_charset_of_the_blog(charset: str):
    text = {"iso-8859-15": "Œuvre à 5 €", "euc-jp": "夜の船", "shift_jis": "夜の船", "gbk": "夜"}.get(
        charset.lower(), "Привет"
    )
    body = f"blog_charset={charset}&comment_content={quote_from_bytes(text.encode(charset))}"
    assert read(body.encode()).text("comment_content") == text


def test_the_charset_of_the_request_counts_without_one_of_the_blog():
    assert read(b"comment_content=%E9t%E9", f"{FORM}; charset=ISO-8859-1").text("comment_content") == "été"


@pytest.mark.parametrize(
    "charset", ["rot13", "hex", "zip", "punycode", "idna", "unicode_escape", "utf-7", "no-such", ""]
)
def test_other_codecs_of_python_are_not_used(charset: str):
    assert read(f"blog_charset={charset}&comment_content=+%C3%A9+AAA".encode()).text("comment_content") == " é AAA"


def test_bytes_that_are_not_utf_8_are_windows_1252():
    assert read(b"comment_content=%93so%94").text("comment_content") == "“so”"


def test_json_and_multipart_bodies_are_read():
    found = read(
        b'{"comment_content": "Hi", "is_test": true, "comment_context": ["a", "b"], "user_ID": 7}', "application/json"
    )
    assert (found.text("comment_content"), found.is_test, found.text("user_ID")) == ("Hi", True, "7")
    assert found.text("comment_context") == "a, b"
    parts = b'--x\r\nContent-Disposition: form-data; name="comment_content"\r\n\r\nHi\r\n--x--\r\n'
    assert read(parts, "multipart/form-data; boundary=x").text("comment_content") == "Hi"


def test_nul_is_removed():
    assert read(b"comment_content=a%00b").text("comment_content") == "ab"


def test_too_large_bodies_are_refused():
    with pytest.raises(RequestEntityTooLarge):
        read(b"comment_content=" + b"a" * MAX_AKISMET_BODY)


MANY = [(f"POST_{n}", str(n)) for n in range(2_000)]


@pytest.mark.parametrize("position", [0, 1_000, 2_000])
def test_fields_of_a_visitor_displace_no_other_field(position: int):
    pairs = [*MANY[:position], ("comment_content", "Hi"), *MANY[position:], ("POST_ak_hp_textarea", "buy")]
    found = read(urlencode(pairs).encode())
    assert (found.text("comment_content"), found.trap) == ("Hi", "buy")
    assert len(found.values) < 1_010


def test_surplus_fields_of_any_name_are_ignored():
    pairs = [("comment_content", "Hi"), *((f"x{n}", "") for n in range(2_000))]
    assert read(urlencode(pairs).encode()).text("comment_content") == "Hi"
    parts = "".join(f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in pairs)
    found = read(f"{parts}--x--\r\n".encode(), "multipart/form-data; boundary=x")
    assert found.text("comment_content") == "Hi"


def test_hundreds_of_fields_are_read_as_wordpress_sends_them():
    body = urlencode([(f"POST_{n}", n) for n in range(900)] + [("comment_content", "Hi")])
    assert read(body.encode()).text("comment_content") == "Hi"


@given(st.binary(max_size=300), st.sampled_from([FORM, "application/json", "multipart/form-data; boundary=x", "a", ""]))
def test_any_body_is_read_or_refused(body: bytes, kind: str):
    try:
        fields = read(body, kind)
    except BadRequest:
        return
    fields.checked_fields()
    assert all("\0" not in value for value in fields.values.values())


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (r"It\'s \"so\" C:\\pier", 'It\'s "so" C:\\pier'),
        (r"C:\pier", r"C:\pier"),
        ("It's", "It's"),
        (r"It's 5\'", r"It's 5\'"),
        ("", ""),
    ],
)
def test_backslashes_are_removed_where_php_added_them(sent: str, meant: str):
    assert without_slashes(sent) == meant


@given(st.text(alphabet="ab'\"\\ ", max_size=30))
def test_a_text_with_quotation_marks_survives_the_slashes_of_php(text: str):
    slashed = "".join(f"\\{c}" if c in "'\"\\" else c for c in text)
    if "'" in text or '"' in text:
        assert without_slashes(slashed) == text


def test_the_time_of_a_comment_counts_only_when_it_is_checked_again():
    new = AkismetFields({"comment_date_gmt": "2026-09-30 10:00:00"})
    assert new.checked_fields().sent is None
    again = AkismetFields({**new.values, "recheck_reason": "recheck_queue"})
    assert again.checked_fields().sent == datetime(2026, 9, 30, 10, tzinfo=UTC)


def test_a_honeypot_is_the_named_field_or_that_of_the_plugin():
    assert AkismetFields({"honeypot_field_name": "fax", "fax": "555"}).checked_fields().trap == "555"
    assert AkismetFields({"honeypot_field_name": "fax", "fax": ""}).checked_fields().trap == ""
    assert AkismetFields({"POST_ak_hp_textarea": "buy"}).checked_fields().trap == "buy"


def test_user_0_is_nobody():
    assert AkismetFields({"user_ID": "0"}).checked_fields().user == ""
    assert AkismetFields({"user_ID": "7"}).checked_fields().user == "7"
