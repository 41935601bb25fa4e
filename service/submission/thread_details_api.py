"""API for a site's server: title and address of a thread."""

from flask import Blueprint, Response, request
from pydantic import Field

from comments.audit import BY_SITE_KEY, AuditAction, AuditEntry
from comments.thread_detail_rules import set_details
from service.deps import deps
from service.web import site_access, site_cache
from service.web.client_network import client_network
from service.web.operations import json_response, operation, parsed_body
from service.web.schemas import THREAD_EXAMPLE, Wire
from service.web.thread_links import requested_thread

blueprint = Blueprint("thread_details_api", __name__, url_prefix="/v1/sites/<site>")


class ThreadDetailsChange(Wire):
    """New title and address of a thread. Leave one out to keep it; send "" to delete it."""

    title: str | None = Field(default=None, examples=["Hello, world"])
    url: str | None = Field(default=None, description="On the site's origins.", examples=[THREAD_EXAMPLE])


class ThreadDetailsAnswer(Wire):
    """Title and address of a thread; "" without one."""

    title: str = Field(examples=["Hello, world"])
    url: str = Field(examples=[THREAD_EXAMPLE])


@blueprint.patch("/threads/<thread:thread>")
@operation(
    summary="Set a thread's title and address",
    description="Emails, feeds and review pages show them. A thread that is named by a key needs an address; one that "
    "is named by its address can have a title only. For the site's own server.",
    body=ThreadDetailsChange,
    parse=False,
    answers={200: ThreadDetailsAnswer},
    auth="site-key",
    tags=("threads",),
)
def set_thread_details(site: str, thread: str) -> Response:
    found, storage = site_cache.get_site(site), deps().storage
    site_access.require_key(found, request)
    body, key = parsed_body(ThreadDetailsChange), requested_thread(found, thread)
    entry = AuditEntry(BY_SITE_KEY, AuditAction.THREAD_SET, origin=client_network(deps()))
    set_details(storage, deps().settings, found, key, body.title, body.url, entry)
    (details,) = storage.thread_details.get(found.id, [key])
    return json_response(ThreadDetailsAnswer(title=details.title, url=details.url))
