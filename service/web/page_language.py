"""Language of a public page: the page that links here names it, else the site's setting, else the browser's."""

from collections.abc import Mapping
from typing import Any, cast

from flask import Flask, Response, g, has_request_context, request
from jinja2.runtime import Context
from jinja2.utils import pass_context
from markupsafe import Markup
from werkzeug.wrappers import Request

from comments.errors import Problem
from comments.site import Site
from comments.translations import Translation, first_translation
from comments.visitor_fields import VisitorField

#: Query parameter and form field with the language of the page that the visitor came from.
LANGUAGE_FIELD = "lang"


def register_translations(app: Flask) -> None:
    """Give templates `t`, `problem_text` and `translation`, and label answers with their language."""
    app.jinja_env.globals.update(
        t=_text, bdi=_isolated, translation=_translation, problem_text=_problem_text, field_label=_field_label
    )
    app.after_request(_label_language)


def reader_translation(site: Site | None) -> Translation:
    """Return the translation for the person who reads this page."""
    found = requested_translation(request, site, linking_language())
    g.page_language = found.code
    return found


def keep_form_language(fields: Mapping[str, Any]) -> None:
    """Note the language in the fields of the request's form, for the pages that answer it."""
    language = fields.get(LANGUAGE_FIELD)
    g.form_language = language if isinstance(language, str) else ""


def linking_language() -> str:
    """Return the language of the page that the visitor came from; "" if the request does not say.

    The body is not read: it can be too large, unreadable or read already, and a page about that must not fail.
    """
    return request.args.get(LANGUAGE_FIELD, "") or cast(str, g.get("form_language", ""))


def requested_translation(request: Request, site: Site | None, page: str) -> Translation:
    """Return the translation for the sender of a request from a page in the language `page`."""
    return first_translation(page, site.language if site else "", *request.accept_languages.values())


def site_translation(site: Site, requested: str = "") -> Translation:
    """Return the translation for an answer that many readers share: never by the browser's language."""
    return first_translation(requested, site.language)


def error_title(type: str, title: str) -> str:
    """Translate the title of an error page."""
    return reader_translation(None).text("errors", type) or title


@pass_context
def _translation(context: Context) -> Translation:
    return cast(Translation, context.get("page_translation")) or reader_translation(context.get("site"))


@pass_context
def _text(context: Context, key: str, **values: str | int) -> Markup:
    text = _translation(context).text("pages", key)
    if text is None:
        raise KeyError(f"no text {key!r} in the locales")
    return Markup(text).format(**values)  # noqa: S704 - the text is ours; format escapes the values


@pass_context
def _problem_text(context: Context, problem: Problem) -> str:
    return _translation(context).text("problems", problem.code) or problem.message


@pass_context
def _field_label(context: Context, field: VisitorField) -> str:
    return _translation(context).text("pages", f"field{field.name.capitalize()}") or field.label


def _isolated(text: str) -> Markup:
    return Markup("<bdi>{}</bdi>").format(text)


def _label_language(response: Response) -> Response:
    if has_request_context() and (code := g.pop("page_language", "")):
        response.content_language.add(code)
        response.vary.update(("Accept-Language",))
    return response
