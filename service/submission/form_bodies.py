"""Read the bodies of browsers' forms: those that are accepted, and what can be read of those that are not."""

from collections.abc import Mapping

from flask import request
from flask.globals import request_ctx
from werkzeug.exceptions import RequestEntityTooLarge

from service.deps import deps
from service.web import request_body
from service.web.page_language import LANGUAGE_FIELD, keep_form_language
from service.web.request_body import FORM_TYPES, PLAIN_TEXT, URLENCODED, RequestBody
from service.web.schemas import Submission

from . import parsing

#: Page to go to after success, under WordPress's name. Only pages of the site and of this service are allowed.
RETURN_FIELD = "redirect_to"
#: Three characters of a percent-encoded form stand for one byte.
ENCODED_GROWTH = 3
#: Fields that a form of any page may have.
NAMES = frozenset({*Submission.model_fields, *parsing.ALIASES, *parsing.IGNORED, LANGUAGE_FIELD, RETURN_FIELD})


def read_form() -> RequestBody:
    """Read a form of at most as much text as JSON may have. A larger one is read too, so that it can be shown again."""
    sent = request_ctx.request
    if sent.mimetype in FORM_TYPES:
        growth = ENCODED_GROWTH if sent.mimetype == URLENCODED else 1
        if len(_whole_body()) > growth * deps().settings.max_body:
            raise RequestEntityTooLarge
    return request_body.read_request_body(sent, forms=True)


def typed_fields() -> Mapping[str, str]:
    """Return the fields of the request's form under our names, as far as the form can be read."""
    try:
        raw = _whole_body()
    except RequestEntityTooLarge:
        return {}
    fields: dict[str, str] = {}
    boundary = request.mimetype_params.get("boundary", "")
    for name, value in request_body.readable_fields(raw, request.mimetype, boundary, NAMES).items():
        if (name, value) != ("comment_parent", "0"):
            fields.setdefault(parsing.ALIASES.get(name, name), value)
    if request.mimetype == PLAIN_TEXT and "content" not in fields:
        fields["content"] = raw.decode("utf-8", "replace").replace("\0", "")
    keep_form_language(fields)
    return fields


def _whole_body() -> bytes:
    """Return the body. Raises RequestEntityTooLarge for one that not even a page with its text may have."""
    sent = request_ctx.request
    sent.max_content_length = deps().settings.max_form
    return sent.get_data()
