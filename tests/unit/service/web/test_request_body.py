"""Request bodies: accepted ones, and the errors of refused ones."""

import json
from typing import Any

import pytest
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge, UnsupportedMediaType

from comments.errors import Invalid
from service.web.request_body import RequestBody, parse, read_request_body

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 65_536

FORM = "application/x-www-form-urlencoded"
BOUNDARY = "multipart/form-data; boundary=b"
NAMELESS = b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n"


def sent(raw: bytes, kind: str = "application/json", forms: bool = True, **headers: str) -> RequestBody:
    with app.test_request_context("/", method="POST", data=raw, content_type=kind, headers=headers):
        return read_request_body(request, forms)


def part(name: str, value: bytes, extra: str = "") -> bytes:
    return b"--b\r\nContent-Disposition: form-data; name=" + f'"{name}"{extra}\r\n\r\n'.encode() + value + b"\r\n"


def test_json_is_read() -> None:
    assert sent('{"a": "ü😀", "b": [1, -2.5, true, null]}'.encode()) == RequestBody(
        {"a": "ü😀", "b": [1, -2.5, True, None]}, form=False
    )


def test_forms_are_read_as_text() -> None:
    assert sent(b"a=%C3%BC+1&b=", FORM) == RequestBody({"a": "ü 1", "b": ""}, form=True)
    assert sent(part("a", "ü\r\n1".encode()) + part("b", b"") + b"--b--\r\n", BOUNDARY) == RequestBody(
        {"a": "ü\r\n1", "b": ""}, form=True
    )


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"{",
        b'{"a":}',
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": 9223372036854775808}',
        b'{"a": -9223372036854775809}',
        b'{"a": ' + b"1" * 5000 + b"}",
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 2}}',
        b"[]",
        b'"text"',
        b"null",
        b"1",
        b'{"a": "\x00"}',
        b'{"a": "\n"}',
        b'{"a": "\xff"}',
        b'{"a": "\xed\xa0\x80"}',
        b"\xef\xbb\xbf{}",
        '{"a": 1}'.encode("utf-16"),
        b'{"a": ' + b"[" * 21 + b"]" * 21 + b"}",
        b"[" * 30_000,
        b'{"a":' * 10_000,
    ],
)
def test_only_strict_json_is_parsed(raw: bytes) -> None:
    with pytest.raises(BadRequest):
        sent(raw)


def test_the_limits_themselves_are_allowed() -> None:
    deep = b'{"a": ' + b"[" * 19 + b"]" * 19 + b"}"
    assert sent(deep).fields
    assert sent(b'{"a": 9223372036854775807, "b": -9223372036854775808}').fields == {"a": 2**63 - 1, "b": -(2**63)}


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"a=1&a=2", FORM),
        (b"&".join(b"f%d=1" % n for n in range(101)), FORM),
        (part("a", b"1") + part("a", b"2") + b"--b--\r\n", BOUNDARY),
        (part("a", b"1", '; filename="x"') + b"--b--\r\n", BOUNDARY),
        (NAMELESS + NAMELESS + b"--b--\r\n", BOUNDARY),
        (b"no multipart at all", BOUNDARY),
        (b"--b--", "multipart/form-data"),
    ],
)
def test_broken_forms_are_refused(raw: bytes, kind: str) -> None:
    with pytest.raises(BadRequest):
        sent(raw, kind)


@pytest.mark.parametrize(
    ("raw", "kind", "problems"),
    [
        (b'{"a": "\\ud800"}', "application/json", [("a", "surrogate")]),
        (b'{"a": {"b": ["ok", "\\udfff\\u0000"]}}', "application/json", [("a.b.1", "surrogate")]),
        (b'{"x\\u0000": 1}', "application/json", [("body", "nul")]),
        (b"x%00=1", FORM, [("body", "nul")]),
        (b'{"x\\ud800": 1}', "application/json", [("body", "surrogate")]),
    ],
)
def test_unstorable_text_is_reported_by_field(raw: bytes, kind: str, problems: list[tuple[str, str]]) -> None:
    with pytest.raises(Invalid) as refused:
        sent(raw, kind)
    assert [(p.field, p.code) for p in refused.value.problems] == problems


@pytest.mark.parametrize(
    ("raw", "kind", "value"),
    [
        (b'{"a": "x\\u0000y"}', "application/json", "xy"),
        (b"a=x%00y", FORM, "xy"),
        (part("a", b"x\x00y") + b"--b--\r\n", BOUNDARY, "xy"),
        (b"a=caf%C3%A9", FORM, "café"),
        (b"a=caf%E9+%80+%92%9D", FORM, "café € ’"),
        (b"a=caf\xe9", FORM, "café"),
        (part("a", b"caf\xe9 \x92") + b"--b--\r\n", BOUNDARY, "café ’"),
    ],
)
def test_a_form_may_have_nul_and_the_encoding_of_old_pages(raw: bytes, kind: str, value: str) -> None:
    assert sent(raw, kind).fields == {"a": value}


def test_a_file_field_without_a_file_is_ignored() -> None:
    empty = part("photo", b"", '; filename=""')
    assert sent(part("a", b"1") + empty + part("b", b"2") + b"--b--\r\n", BOUNDARY).fields == {"a": "1", "b": "2"}


def test_a_whole_surrogate_pair_is_one_character() -> None:
    assert sent(b'{"a": "\\ud83d\\ude00"}').fields == {"a": "😀"}


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/xml", "application/json; charset=utf-16", "image/png", "application/jsonp"]
)
def test_other_media_types_are_refused(kind: str) -> None:
    with pytest.raises(UnsupportedMediaType):
        sent(b"{}", kind)


def test_forms_are_read_only_where_they_are_allowed() -> None:
    for kind in (FORM, BOUNDARY):
        with pytest.raises(UnsupportedMediaType):
            sent(b"a=1", kind, forms=False)


def test_compressed_bodies_are_refused() -> None:
    with pytest.raises(UnsupportedMediaType):
        sent(b"{}", **{"Content-Encoding": "gzip"})


def test_large_bodies_are_refused() -> None:
    with pytest.raises(RequestEntityTooLarge):
        sent(json.dumps({"a": "x" * 65_536}).encode())
    with pytest.raises(RequestEntityTooLarge):
        sent(b"".join(part(f"f{n}", b"") for n in range(102)) + b"--b--\r\n", BOUNDARY)


@given(st.binary(max_size=200), st.sampled_from(["application/json", FORM, BOUNDARY]))
def test_no_bytes_break_the_reader(raw: bytes, kind: str) -> None:
    try:
        sent(raw, kind)
    except (HTTPException, Invalid):
        return


def values() -> st.SearchStrategy[Any]:
    text = st.text(st.characters(codec="utf-8"))
    leaves = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | text
    leaves = leaves.filter(lambda v: v not in (float("inf"), float("-inf")))
    return st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(text, inner), max_leaves=20)


@given(values())
def test_every_json_value_is_parsed(value: Any) -> None:
    assert parse(json.dumps(value).encode()) == value
    assert parse(json.dumps(value, ensure_ascii=False).encode()) == value
