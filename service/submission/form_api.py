"""What a page needs to show a reply form of its own: the site's fields and limits, and what is sent along unseen."""

from flask import Blueprint, Response
from pydantic import Field

from comments.setting_values import VISITOR_FIELDS
from comments.validation import LENGTHS
from service.deps import deps
from service.web import site_cache
from service.web.cors import add_cors_headers
from service.web.operations import json_response, operation
from service.web.schemas import THREAD_EXAMPLE, Wire
from service.web.thread_links import requested_thread

from . import form_tokens
from .acceptance import intake

blueprint = Blueprint("form", __name__, url_prefix="/v1/sites/<site>")
blueprint.after_request(add_cors_headers)


class FormQuery(Wire):
    """The page that the form is on."""

    thread: str = Field(min_length=1, max_length=LENGTHS["thread"], examples=[THREAD_EXAMPLE])


class ReplyForm(Wire):
    """A site's reply form for one thread."""

    required: list[str] = Field(examples=[["author", "email", "content"]])
    lengths: dict[str, int] = Field(description="Characters each field may have.", examples=[{"author": 245}])
    trap: str = Field(description="Name of a field that people do not see and leave empty.", examples=["website"])
    closed: bool = Field(description="Whether the thread takes no more comments.", examples=[False])
    notify: bool = Field(description="Whether mail about replies may be asked for: `notify` with `replies`.")
    token: str = Field(description="To be sent back as `form_token`; it says when the form was shown, and where.")
    proof_bits: int = Field(
        description="0, or while the site is flooded: `form_proof` has to be a number in decimal digits, so that "
        "SHA-256 of `seed` and that number begins with as many zero bits; `seed` are the first 32 hexadecimal digits "
        "of SHA-256 of the token, a line feed and `content`. Without it the comment waits for a person.",
        examples=[0],
    )


@blueprint.get("/form")
@operation(
    summary="The reply form of a thread",
    description="For pages with a form of their own. Ask when the page is shown, not when the form is sent.",
    query=FormQuery,
    answers={200: ReplyForm},
    tags=("submission",),
)
def form(site: str, query: FormQuery) -> Response:
    found, thread = site_cache.get_site(site), requested_thread(query.thread)
    now = deps().now()
    bits = intake().brake.bits(found, now)
    return json_response(
        ReplyForm(
            required=list(found.required),
            lengths={name: LENGTHS.get(name, found.max_content) for name in VISITOR_FIELDS},
            trap=found.trap_field,
            closed=deps().storage.threads.is_closed(found.id, thread),
            notify=deps().settings.sends_mail,
            token=form_tokens.issue(deps().pseudonyms, found.id, thread, now, bits),
            proof_bits=bits,
        )
    )
