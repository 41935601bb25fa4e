"""The reply form that our pages show, with the values and problems of an earlier attempt."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from comments.errors import Problem
from comments.site import Site
from comments.thread_detail_rules import TITLE_FIELD, URL_FIELD
from comments.validation import LENGTHS
from comments.visitor_fields import FIELDS_BY_NAME, VISITOR_FIELDS, VisitorField
from service.deps import deps

from . import form_tokens
from .signed_users import USER_FIELD, SignedUser

#: Hidden fields. Their names mean nothing to a reader, so their errors are shown without the name.
HIDDEN_FIELDS = ("thread", TITLE_FIELD, URL_FIELD, "parent", USER_FIELD)


@dataclass(frozen=True, slots=True)
class ReplyFormView:
    """A "Leave a reply" form with its values and errors."""

    site: Site
    thread: str
    parent: str = ""
    redirect_to: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    notice: str = ""
    token: str = ""
    user: SignedUser | None = None  # then the form has no fields for name and email

    @property
    def action(self) -> str:
        return deps().settings.comment_path(self.site.id)

    @property
    def fields(self) -> list[VisitorField]:
        """The visible fields in the order of the form: the comment first."""
        shown = [f for f in FIELDS_BY_NAME.values() if not (self.user and f.name in ("author", "email"))]
        return sorted(shown, key=lambda field: field.kind != "markdown")

    @property
    def details(self) -> list[tuple[str, str]]:
        """Names and values of the hidden fields about the thread that the page's own form had."""
        return [(name, self.values[name]) for name in (TITLE_FIELD, URL_FIELD) if self.values.get(name)]

    @property
    def lengths(self) -> Mapping[str, int]:
        return field_lengths(self.site)

    @property
    def sends_mail(self) -> bool:
        """True if visitors can ask for email about replies."""
        return deps().settings.sends_mail

    def problem(self, name: str) -> str:
        """Return the error messages of one field; "" for none."""
        return " ".join(p.message for p in self.problems if p.field == name)

    @property
    def other_problems(self) -> tuple[Problem, ...]:
        """Problems with fields that the form does not show."""
        shown = {field.name for field in self.fields}
        return tuple(p for p in self.problems if p.field not in shown)

    def shows_name(self, problem: Problem) -> bool:
        """Return True if the message needs the field's name, for the person who built the form."""
        return problem.field not in HIDDEN_FIELDS


def field_lengths(site: Site) -> dict[str, int]:
    """Return the maximum length of every visitor field on this site."""
    return {name: LENGTHS.get(name, site.max_content) for name in VISITOR_FIELDS}


def new_token(site: Site, thread: str) -> str:
    """Issue a token for a form that is shown now."""
    return form_tokens.issue_token(deps().pseudonyms, site.id, thread, deps().now())
