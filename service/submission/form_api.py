"""Reply form API: fields, limits and hidden values for pages that show their own form."""

from flask import Blueprint, Response
from pydantic import Field

from comments.thread_addresses import MAX_THREAD_TEXT, thread_key
from service.deps import deps
from service.web import site_access, site_cache
from service.web.intake import intake_gate
from service.web.operations import json_response, operation
from service.web.schemas import THREAD_EXAMPLE, Wire
from service.web.thread_links import requested_thread

from . import form_tokens
from .acceptance import submissions
from .reply_form import field_lengths

blueprint = Blueprint("form_api", __name__, url_prefix="/v1/sites/<site>")
blueprint.after_request(site_access.add_cors_headers)


class FormQuery(Wire):
    """Page that the form is on."""

    thread: str = Field(min_length=1, max_length=MAX_THREAD_TEXT, examples=[THREAD_EXAMPLE])


class ReplyForm(Wire):
    """Reply form of a thread: fields, limits and hidden values."""

    required: list[str] = Field(examples=[["author", "email", "content"]])
    lengths: dict[str, int] = Field(description="Maximum characters of each field.", examples=[{"author": 245}])
    trap: str = Field(description="Name of the honeypot field: hide it and leave it empty.", examples=["website"])
    closed: bool = Field(description="True if the thread accepts no more comments.", examples=[False])
    paused: bool = Field(description="True if the whole site accepts no new comments for now.", examples=[False])
    notify: bool = Field(
        description="True if visitors can ask for email about replies, with `notify` set to `replies`."
    )
    token: str = Field(description="Send it back as `form_token`. It records when and where the form was shown.")
    proof_bits: int = Field(
        description="Bits of proof of work; 0 unless the site is flooded. Send a decimal number as `form_proof` for "
        "which SHA-256 of `seed` followed by the number begins with this many zero bits. `seed` is the first 32 "
        "hexadecimal digits of SHA-256 of the token, a line feed and `content`. Comments without it are held for "
        "review.",
        examples=[0],
    )


@blueprint.get("/form")
@operation(
    summary="Get a thread's reply form",
    description="For pages that show their own form. Call it when the page is shown, not when the form is sent.",
    query=FormQuery,
    answers={200: ReplyForm},
    tags=("submission",),
)
def reply_form(site: str, query: FormQuery) -> Response:
    found = site_cache.get_site(site)
    thread = requested_thread(found, query.thread)
    now, paused = deps().now(), found.paused or intake_gate().is_paused(found.id)
    bits = submissions().proof_of_work.required_bits(found, now)
    return json_response(
        ReplyForm(
            required=list(found.required),
            lengths=field_lengths(found),
            trap=found.trap_field,
            closed=paused or deps().storage.threads.is_closed(found.id, thread),
            paused=paused,
            notify=deps().settings.sends_mail,
            token=form_tokens.issue_token(deps().pseudonyms, found.id, thread_key(query.thread, found), now, bits),
            proof_bits=bits,
        )
    )
