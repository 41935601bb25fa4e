"""API for a site's server: export or erase everything from one person."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request
from pydantic import Field

from comments.audit import BY_SITE_KEY, AuditAction, AuditEntry
from comments.data_subjects import Subject
from comments.erasure_requests import named_subject, request_erasure
from comments.erasures import Erasure, receipt
from comments.errors import NotFound
from comments.job_queue import ERASE
from comments.site import Site
from comments.subject_export import export_subject
from service.deps import deps
from service.web import site_access, site_cache
from service.web.client_network import client_network
from service.web.operations import json_response, operation, parsed_body
from service.web.schemas import Wire

blueprint = Blueprint("subjects_api", __name__, url_prefix="/v1/sites/<site>/people")


class PersonBody(Wire):
    """One person: give exactly one of the first three fields."""

    email: str = Field(default="", max_length=320, examples=["ada@example.org"])
    comment: str = Field(default="", max_length=64, description="Id of a comment that the person wrote.")
    user: str = Field(default="", max_length=200, description="Id of a signed user, as your server knows it.")
    linked: bool = Field(default=False, description="Also comments without the address from the same browsers.")


class ErasureBody(PersonBody):
    """A person whose data is to be erased."""

    lessons: str = Field(
        default="", pattern="^(unlearn|keep|)$", description="`unlearn` or `keep`. Empty: as the site is set."
    )


class PersonExport(Wire):
    """Everything that the site has from one person."""

    kind: str = Field(examples=["replygate-subject-export"])
    version: int = Field(examples=[1])
    exported: datetime
    site: dict[str, Any]
    names: dict[str, Any] = Field(description="Keyed names of the person.")
    comments: list[dict[str, Any]]
    subscribed_since: dict[str, Any]
    rules: list[dict[str, Any]]


class ErasureState(Wire):
    """An erasure, and its receipt once it is done."""

    id: str
    stage: str = Field(description="`done` at the end.", examples=["done"])
    receipt: dict[str, Any] | None = Field(description="Signed; null until then.")


def _authorized(site: str) -> Site:
    found = site_cache.get_site(site)
    site_access.require_key(found, request)
    return found


def _person(site: Site, body: PersonBody) -> Subject:
    """Raises Invalid; NotFound for a comment that is not there."""
    names = deps().pseudonyms
    person = named_subject(deps().storage, site, names, body.email, body.comment, body.user, body.linked)
    if person is None:
        raise NotFound("there is no such comment")
    return person


def _audit(action: AuditAction, site: str) -> None:
    deps().storage.audit.append(AuditEntry(BY_SITE_KEY, action, site=site, origin=client_network(deps())))


@blueprint.post("/export")
@operation(
    summary="Export everything from one person",
    description="Comments with their history, notes about them, rules and subscriptions. For the site's own server.",
    body=PersonBody,
    parse=False,
    answers={200: PersonExport},
    auth="site-key",
    tags=("people",),
)
def export_by_api(site: str) -> Response:
    found = _authorized(site)
    document = export_subject(deps().storage, found, _person(found, parsed_body(PersonBody)), deps().now())
    _audit(AuditAction.SUBJECT_EXPORT, site)
    return json_response(PersonExport(**document))


@blueprint.post("/erasures")
@operation(
    summary="Erase everything from one person",
    description="It takes some seconds or minutes, and cannot be undone. For the site's own server.",
    body=ErasureBody,
    parse=False,
    answers={202: ErasureState},
    auth="site-key",
    tags=("people",),
)
def erase_by_api(site: str) -> Response:
    found = _authorized(site)
    body = parsed_body(ErasureBody)
    person, keeps = _person(found, body), {"keep": True, "unlearn": False}.get(body.lessons)
    erasure = request_erasure(deps().storage, found, person, BY_SITE_KEY, deps().now(), keeps, body.email)
    _audit(AuditAction.ERASURE_ASKED, site)
    deps().jobs.enqueue(ERASE, site)
    return json_response(_state(erasure), 202)


@blueprint.get("/erasures/<id>")
@operation(
    summary="Get the state of an erasure, and its receipt",
    answers={200: ErasureState},
    auth="site-key",
    tags=("people",),
)
def erasure_state(site: str, id: str) -> Response:
    _authorized(site)
    return json_response(_state(deps().storage.subjects.get(site, id)))


def _state(erasure: Erasure) -> ErasureState:
    signed = receipt(erasure, deps().pseudonyms) if erasure.is_done else None
    return ErasureState(id=erasure.id, stage=erasure.stage, receipt=signed)
