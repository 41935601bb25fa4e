"""Read requests of Akismet's clients: their encodings, repeated fields and lists, as lenient as Akismet is."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import Request

from comments.utc_times import parse_utc_time
from service.checks.comment_fields import CheckedFields
from service.web.request_body import JSON, MULTIPART, json_object, readable_fields
from service.web.upload_limits import MAX_AKISMET_BODY

#: Fields that are read of a request: more than clients send of their own. Further ones are ignored.
MAX_AKISMET_FIELDS = 1_000
#: First letters of the fields of the visitor's form, which WordPress sends again. They are counted for themselves, so
#: that visitors who send many cannot displace the others.
VISITOR_FIELD = b"POST_"

#: Encodings of web pages. Python knows others, which are no encodings of text or slow.
CHARSET = re.compile(
    r"utf-?8|us-ascii|iso-8859-\d{1,2}|windows-(?:125\d|874)|koi8-[ru]|big5|gb2312|gbk|gb18030|euc-(?:jp|kr)"
    r"|shift_jis|tis-620"
)
#: Browsers and WordPress call Windows-1252 by these names.
WINDOWS_1252_NAMES = ("iso-8859-1", "us-ascii")
#: What PHP's addslashes makes of a quotation mark and of a backslash.
ESCAPED = re.compile(r"\\(['\"\\])")
LIST_FIELD = re.compile(r"(\w+)\[\d{0,6}\]")
#: The honeypot in the form of Akismet's plugin.
PLUGIN_TRAP = "POST_ak_hp_textarea"
TRUE_WORDS = ("1", "true", "yes")


@dataclass(frozen=True, slots=True)
class AkismetFields:
    """Fields of a request by name; of repeated ones the last, as in PHP. Lists are joined with commas."""

    values: Mapping[str, str]

    def text(self, *names: str) -> str:
        """Return the first of these fields that is not empty."""
        return next((value for name in names if (value := self.values.get(name, ""))), "")

    def is_true(self, name: str) -> bool:
        return self.text(name).strip().lower() in TRUE_WORDS

    @property
    def is_test(self) -> bool:
        return self.is_true("is_test")

    @property
    def is_administrator(self) -> bool:
        return "administrator" in (role.strip().lower() for role in self.text("user_role").split(","))

    @property
    def trap(self) -> str:
        """The honeypot field that the client names, or that of Akismet's plugin."""
        named = self.text("honeypot_field_name")
        return (self.values.get(named, "") if named else "") or self.text(PLUGIN_TRAP)

    @property
    def written_time(self) -> str:
        """The time of a comment that is checked again, since it was written earlier; "" for a new one.

        The clock of a client may be wrong, so that the time of a new comment is that of the request.
        """
        return self.text("comment_date_gmt") if self.text("recheck_reason") else ""

    def checked_fields(self) -> CheckedFields:
        """Return what the judge gets. WordPress adds backslashes to a new comment, which are taken out."""
        user = self.text("user_ID", "user_id")
        return CheckedFields(
            content=without_slashes(self.text("comment_content")),
            author=without_slashes(self.text("comment_author")),
            email=without_slashes(self.text("comment_author_email")),
            url=without_slashes(self.text("comment_author_url")),
            ip=self.text("user_ip", "comment_author_IP"),
            user_agent=self.text("user_agent", "comment_agent"),
            referrer=self.text("referrer"),
            thread=self.text("permalink"),
            user="" if user == "0" else user,
            language=self.text("blog_lang").split(",")[0].strip().replace("_", "-"),
            sent=parse_utc_time(self.written_time),
            trap=self.trap,
        )


def read_akismet_fields(request: Request) -> AkismetFields:
    """Read the query and the body: a form, or JSON. Raises RequestEntityTooLarge and BadRequest."""
    request.max_content_length = MAX_AKISMET_BODY
    raw = request.get_data()
    pairs: list[tuple[str, str]] = [*request.args.items(multi=True)]
    if request.mimetype == JSON:
        pairs += _json_pairs(json_object(raw))
    elif request.mimetype == MULTIPART:
        pairs += readable_fields(
            raw, MULTIPART, request.mimetype_params.get("boundary", ""), (), MAX_AKISMET_FIELDS
        ).items()
    else:
        pairs += form_pairs(raw, request.mimetype_params.get("charset", ""))
    return AkismetFields(_by_name(pairs))


def form_pairs(raw: bytes, charset: str = "") -> list[tuple[str, str]]:
    """Decode a form by its field `blog_charset`, or the charset of the request."""
    # Latin-1 gives each byte one character, so that the bytes can be decoded below.
    found = parse_qsl(b"&".join(_first_fields(raw)).decode("latin-1"), True, encoding="latin-1")
    charset = next((value for name, value in found if name == "blog_charset"), "") or charset
    return [(_decoded(name, charset), _decoded(value, charset)) for name, value in found]


def _first_fields(raw: bytes) -> Iterator[bytes]:
    """Yield the encoded fields that are read."""
    fields = visitor_fields = 0
    for match in re.finditer(rb"[^&]+", raw):
        if match[0].startswith(VISITOR_FIELD):
            visitor_fields += 1
            # The honeypot counts, wherever it is.
            if visitor_fields <= MAX_AKISMET_FIELDS or match[0].startswith(PLUGIN_TRAP.encode()):
                yield match[0]
        else:
            fields += 1
            if fields <= MAX_AKISMET_FIELDS:
                yield match[0]


def _decoded(text: str, charset: str) -> str:
    """Decode a text whose characters are bytes. UTF-8 that is not valid is probably Windows-1252."""
    raw, name = text.encode("latin-1"), charset.strip().lower()
    if CHARSET.fullmatch(name) and not name.startswith("utf"):
        with suppress(LookupError):
            return raw.decode("cp1252" if name in WINDOWS_1252_NAMES else name, "replace")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _json_pairs(fields: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, bool):
                yield name, str(part).lower()
            elif isinstance(part, str | int | float):
                yield f"{name}[]" if isinstance(value, list) else name, str(part)


def _by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    values: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    for name, value in pairs:
        value = value.replace("\0", "")
        if found := LIST_FIELD.fullmatch(name):
            lists.setdefault(found[1], []).append(value)
        else:
            values[name] = value
    return {**{name: ", ".join(parts) for name, parts in lists.items()}, **values}


def without_slashes(text: str) -> str:
    """Remove the backslashes that PHP adds before quotation marks, if every quotation mark has one."""
    if "\\" not in text or set(ESCAPED.sub("", text)) & set("'\"\\"):
        return text
    return ESCAPED.sub(r"\1", text)
