"""The table of visitor fields is complete: comment, schema, form and validation follow it."""

from dataclasses import fields
from typing import get_args

import pytest

from comments.model import Comment
from comments.validation import field_problems
from comments.visitor_fields import FIELDS_BY_NAME, VISITOR_FIELDS, VisitorField, VisitorFieldName
from service.submission.parsing import ALIASES
from service.submission.reply_form import ReplyFormView, field_lengths
from service.submission.wordpress import KNOWN_FIELDS
from service.web.schemas import Submission
from tests.support.builders import a_site

ROWS = pytest.mark.parametrize("field", FIELDS_BY_NAME.values(), ids=lambda field: field.name)


def test_every_name_has_a_row() -> None:
    assert set(get_args(VisitorFieldName)) == set(VISITOR_FIELDS)


@ROWS
def test_a_comment_and_the_api_have_the_field(field: VisitorField) -> None:
    assert field.name in {f.name for f in fields(Comment)}
    assert Submission.model_fields[field.name].description == field.description


@ROWS
def test_forms_show_and_accept_the_field(field: VisitorField) -> None:
    site = a_site()
    assert field in ReplyFormView(site, "post").fields
    assert field_lengths(site)[field.name] == (field.max_length or site.max_content)
    assert {field.name, field.wordpress or field.name} <= KNOWN_FIELDS
    assert ALIASES.get(field.wordpress, field.name) == field.name


@ROWS
def test_a_missing_or_too_long_value_is_reported(field: VisitorField) -> None:
    site = a_site(required=(field.name,))
    limit = field_lengths(site)[field.name]
    missing, long = (field_problems({"thread": "post", field.name: text}, site) for text in ("", "x" * (limit + 1)))
    assert [(p.field, p.code, p.message) for p in missing] == [(field.name, "required", field.missing)]
    assert [(p.field, p.code) for p in long] == [(field.name, "too-long")]
    assert str(limit) in long[0].message
