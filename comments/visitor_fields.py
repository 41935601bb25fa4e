"""Fields that a visitor fills in: one table that validation, forms, the API schema and the filters read.

To add a field, add its name and a row to this table and an attribute of that name to `Comment`. Add a line to
`Submission` in `service/web/schemas.py`. To publish it, add it to `comments/public_view.py` and to `PublicComment` too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

VisitorFieldName = Literal["author", "email", "url", "content"]


@dataclass(frozen=True, slots=True)
class VisitorField:
    """One field of the reply form, in the words of the form, of its error messages and of the API."""

    name: VisitorFieldName
    label: str
    missing: str  # error message for a required field that is empty
    description: str  # in the API reference
    example: str
    max_length: int | None = None  # characters; None: the site's own limit, `max_content`
    kind: Literal["text", "email", "url", "markdown"] = "text"
    autocomplete: str = "off"
    wordpress: str = ""  # name in WordPress's form, where it differs


#: In the order of error messages. The lengths are WordPress's, so that imported comments fit.
FIELDS_BY_NAME: Mapping[str, VisitorField] = {
    field.name: field
    for field in (
        VisitorField("author", "Name", "Enter your name.", "Name to show.", "Ada", 245, autocomplete="name"),
        VisitorField(
            "email",
            "Email",
            "Enter your email address.",
            "Email address. Never published.",
            "ada@example.com",
            100,
            kind="email",
            autocomplete="email",
        ),
        VisitorField(
            "url",
            "Website",
            "Enter your website.",
            "The author's website, http or https.",
            "https://ada.example",
            200,
            kind="url",
            autocomplete="url",
        ),
        VisitorField(
            "content",
            "Comment",
            "Write a comment.",
            "Text with a little Markdown. HTML is shown as text.",
            "I *enjoyed* this.",
            kind="markdown",
            wordpress="comment",
        ),
    )
}

VISITOR_FIELDS: tuple[VisitorFieldName, ...] = tuple(field.name for field in FIELDS_BY_NAME.values())
