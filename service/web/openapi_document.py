"""Writes the OpenAPI 3.1 document from the declared views and the models that validate their requests."""

import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, cast

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from .errors import PROBLEM_JSON
from .operations import ATTRIBUTE, Operation
from .request_body import JSON, MULTIPART, URLENCODED
from .schemas import ProblemDetails

Json = dict[str, Any]

PARAMETER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
FIRST_TAGS = ("submission", "reading", "threads", "review")

REF = "#/components/schemas/{model}"

#: What each part of an address means; every one of them is text.
PATH_PARTS: Mapping[str, str] = {
    "site": "The site's id.",
    "id": "The comment's id.",
    "thread": "The page's key, or its address, percent-encoded.",
}

SECURITY: Mapping[str, list[Json]] = {
    "site-key": [{"siteKey": []}],
    "site-key?": [{}, {"siteKey": []}],
    "session": [{"session": []}],
    "ops": [{"opsToken": []}, {"session": []}],
}

SCHEMES: Json = {
    "siteKey": {"type": "http", "scheme": "bearer", "description": "a key of the site (rgk_...)"},
    "opsToken": {"type": "http", "scheme": "bearer", "description": "the operators' token"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-replygate",
        "description": "a signed-in person's session",
    },
}

DESCRIPTION = """\
Every address answers other methods with 405, and unknown ones with 404. Errors are problem details (RFC 9457); a \
browser gets a page instead. Bodies are strict JSON in UTF-8 of at most 64 kB; unknown fields are refused by name."""

EVENTS = "text/event-stream"
#: Of a stream of events the document describes each.
EVENT: Json = {
    "type": "object",
    "properties": {
        "event": {"type": "string"},
        "data": {"type": "string", "contentMediaType": "application/json"},
        "id": {"type": "string"},
        "retry": {"type": "integer"},
    },
}

#: What errors mean here; the document lists those an operation can answer.
ERRORS: Mapping[int, str] = {
    400: "The body cannot be read.",
    401: "Not signed in, or the key is not one of this site's.",
    403: "Known, but not allowed.",
    404: "There is nothing here, or nothing that you may see.",
    409: "It changed meanwhile, or is not in a state for that.",
    413: "The body is too large.",
    415: "The body is neither of the media types listed, or it is compressed.",
    422: "Some fields need another look; `problems` names each.",
    429: "Too many requests; `Retry-After` says when to come again.",
    503: "Too busy, or the storage is away; `Retry-After` says when to come again.",
}
WITH_RETRY = (429, 503)


def document(app: Flask, version: str) -> Json:
    """The OpenAPI document of every declared view of `app`."""
    found = sorted(_operations(app), key=lambda part: (part[0].rule, part[1]))
    models = _models(operation for _, _, operation in found)
    keys, definitions = models_json_schema([(m, "validation") for m in models], ref_template=REF)
    refs = {model: keys[(model, "validation")] for model in models}
    paths: Json = {}
    for rule, method, operation in found:
        paths.setdefault(PARAMETER.sub(r"{\1}", rule.rule), {})[method] = _operation(rule, method, operation, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Replygate", "version": version, "description": DESCRIPTION, "license": {"name": "MIT"}},
        "paths": paths,
        "components": {"schemas": definitions.get("$defs", {}), "securitySchemes": SCHEMES},
        "tags": [{"name": tag} for tag in _tags(operation for _, _, operation in found)],
    }


def errors_of(rule: Rule, operation: Operation) -> list[int]:
    """Every status that is answered with problem details: those declared, and those that follow."""
    statuses = {503, *operation.errors}
    if rule.arguments or operation.auth == "ops":
        statuses.add(404)
    if operation.body:
        statuses |= {400, 413, 415, 422}
    if operation.query or "thread" in rule.arguments:
        statuses.add(422)
    if operation.auth != "none":
        statuses.add(401)
    if operation.auth in ("session", "ops"):
        statuses.add(403)
    return sorted(statuses)


def _operations(app: Flask) -> Iterator[tuple[Rule, str, Operation]]:
    for rule in app.url_map.iter_rules():
        declared = getattr(app.view_functions[rule.endpoint], ATTRIBUTE, None)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"} if declared else ():
            yield rule, method.lower(), cast(Operation, declared)


def _tags(operations: Iterable[Operation]) -> list[str]:
    """What visitors' and sites' programs need first, in reading order."""
    tags = dict.fromkeys(tag for operation in operations for tag in operation.tags)
    return sorted(tags, key=lambda tag: FIRST_TAGS.index(tag) if tag in FIRST_TAGS else len(FIRST_TAGS))


def _models(operations: Iterable[Operation]) -> list[type[BaseModel]]:
    """Each model once, in a fixed order."""
    models: dict[type[BaseModel], None] = {ProblemDetails: None}
    for operation in operations:
        for model in (operation.body, *operation.answers.values()):
            if isinstance(model, type):
                models[model] = None
    return sorted(models, key=lambda model: model.__name__)


def _operation(rule: Rule, method: str, operation: Operation, refs: Mapping[type[BaseModel], Json]) -> Json:
    spec: Json = {
        "operationId": rule.endpoint.replace(".", "_"),
        "summary": operation.summary,
        "tags": list(operation.tags),
        "parameters": [*_path_parameters(rule), *_query_parameters(operation), *_header_parameters(operation)],
        "responses": _answers(rule, operation, refs),
    }
    if operation.description:
        spec["description"] = operation.description
    if operation.body:
        kinds = (JSON, URLENCODED, MULTIPART) if operation.forms else (JSON,)
        spec["requestBody"] = {
            "required": True,
            "content": {kind: {"schema": refs[operation.body]} for kind in kinds},
        }
    if operation.auth in SECURITY:
        spec["security"] = SECURITY[operation.auth]
    return spec


def _answers(rule: Rule, operation: Operation, refs: Mapping[type[BaseModel], Json]) -> Json:
    """By status; a declared answer stands before the error that would follow from the rest."""
    answers = {status: _error(status, refs) for status in errors_of(rule, operation)}
    answers |= {status: _good(status, said, operation, refs) for status, said in operation.answers.items()}
    return {str(status): answers[status] for status in sorted(answers)}


def _path_parameters(rule: Rule) -> Iterator[Json]:
    for name in PARAMETER.findall(rule.rule):
        schema = {"type": "string", "minLength": 1}
        description = PATH_PARTS.get(name, "")
        yield {"name": name, "in": "path", "required": True, "schema": schema, "description": description}


def _query_parameters(operation: Operation) -> Iterator[Json]:
    schema = operation.query.model_json_schema(ref_template=REF) if operation.query else {}
    for name, part in schema.get("properties", {}).items():
        description = part.pop("description", "")
        part.pop("title", None)
        yield {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": part,
            "description": description,
        }


def _header_parameters(operation: Operation) -> Iterator[Json]:
    for header in operation.headers:
        schema = dict(header.schema)
        yield {"name": header.name, "in": "header", "schema": schema, "description": header.description}


def _good(status: int, said: type[BaseModel] | str, operation: Operation, refs: Mapping[type[BaseModel], Json]) -> Json:
    headers = {n: {"schema": {"type": "string"}, "description": d} for n, d in operation.answer_headers.items()}
    if isinstance(said, str):
        has_text = operation.media and status == HTTPStatus.OK
        schema = EVENT if operation.media == EVENTS else {"type": "string"}
        content = {operation.media: {"schema": schema}} if has_text else {}
        parts = {"description": said, "content": content, "headers": headers}
        return {name: part for name, part in parts.items() if part}
    return {
        "description": _first_line(said) or HTTPStatus(status).phrase,
        "content": {PROBLEM_JSON if issubclass(said, ProblemDetails) else JSON: {"schema": refs[said]}},
        **({"headers": headers} if headers else {}),
    }


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip().partition("\n")[0]


def _error(status: int, refs: Mapping[type[BaseModel], Json]) -> Json:
    spec: Json = {
        "description": ERRORS.get(status, HTTPStatus(status).phrase),
        "content": {PROBLEM_JSON: {"schema": refs[ProblemDetails]}},
    }
    if status in WITH_RETRY:
        spec["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return spec
