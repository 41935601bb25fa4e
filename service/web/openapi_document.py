"""Build the OpenAPI 3.1 document from the declared views and the models that validate their requests."""

import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, cast

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from werkzeug.routing import Rule

from .errors import PROBLEM_JSON
from .operations import ATTRIBUTE, Operation
from .request_body import JSON, MULTIPART, URLENCODED
from .schemas import ProblemDetails

Json = dict[str, Any]

#: References to the schemas of models, for requests ("validation") and answers ("serialization").
ModelRefs = Mapping[tuple[Any, JsonSchemaMode], Json]

PARAMETER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
FIRST_TAGS = ("submission", "reading", "threads", "review")

REF = "#/components/schemas/{model}"

#: Meaning of each part of an address; all of them are text.
PATH_PARTS: Mapping[str, str] = {
    "site": "Id of the site.",
    "id": "Id of the comment.",
    "thread": "Key or address of the page, percent-encoded.",
}

SECURITY: Mapping[str, list[Json]] = {
    "site-key": [{"siteKey": []}],
    "site-key?": [{}, {"siteKey": []}],
    "session": [{"session": []}, {"personKey": []}],
    "ops": [{"opsToken": []}, {"session": []}],
}

SECURITY_SCHEMES: Json = {
    "siteKey": {"type": "http", "scheme": "bearer", "description": "a key of the site (rgk_...)"},
    "personKey": {"type": "http", "scheme": "bearer", "description": "a person's key (rgp_...), with their roles"},
    "opsToken": {"type": "http", "scheme": "bearer", "description": "the operators' token"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-replygate",
        "description": "a signed-in person's session",
    },
}

API_DESCRIPTION = """\
Errors are problem details (RFC 9457); a browser gets a page instead. Unknown addresses are answered with 404, other \
methods with 405. Bodies are strict JSON in UTF-8 of at most 64 kB; unknown fields are refused by name."""

EVENTS = "text/event-stream"
#: Schema of one event of a stream.
EVENT: Json = {
    "type": "object",
    "properties": {
        "event": {"type": "string"},
        "data": {"type": "string", "contentMediaType": "application/json"},
        "id": {"type": "string"},
        "retry": {"type": "integer"},
    },
}

#: Descriptions of errors; the document lists those that an operation can answer.
ERROR_DESCRIPTIONS: Mapping[int, str] = {
    400: "The body is not valid.",
    401: "Not signed in, or not a key of this site.",
    403: "Not allowed.",
    404: "It does not exist, or you do not have access to it.",
    409: "It changed in the meantime, or its status does not allow this.",
    413: "The body is too large.",
    415: "The body has another media type than those listed, or it is compressed.",
    422: "Some fields are not valid; `problems` lists them.",
    429: "Too many requests. Retry after `Retry-After` seconds.",
    503: "Too busy, or storage is down. Retry after `Retry-After` seconds.",
}
WITH_RETRY = (429, 503)


def document(app: Flask, version: str) -> Json:
    """The OpenAPI document of every declared view of `app`."""
    found = sorted(_operations(app), key=lambda part: (part[0].rule, part[1]))
    refs, definitions = models_json_schema(_models(operation for _, _, operation in found), ref_template=REF)
    paths: Json = {}
    for rule, method, operation in found:
        paths.setdefault(PARAMETER.sub(r"{\1}", rule.rule), {})[method] = _operation(rule, method, operation, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Replygate", "version": version, "description": API_DESCRIPTION, "license": {"name": "MIT"}},
        "paths": paths,
        "components": {"schemas": definitions.get("$defs", {}), "securitySchemes": SECURITY_SCHEMES},
        "tags": [{"name": tag} for tag in _tags(operation for _, _, operation in found)],
    }


def errors_of(rule: Rule, operation: Operation) -> list[int]:
    """List every status answered with problem details: those declared, and those that follow from the rest."""
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
        declared = getattr(app.view_functions.get(rule.endpoint), ATTRIBUTE, None)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"} if declared else ():
            yield rule, method.lower(), cast(Operation, declared)


def _tags(operations: Iterable[Operation]) -> list[str]:
    """List the tags in reading order, those for visitors and sites first."""
    tags = dict.fromkeys(tag for operation in operations for tag in operation.tags)
    return sorted(tags, key=lambda tag: FIRST_TAGS.index(tag) if tag in FIRST_TAGS else len(FIRST_TAGS))


def _models(operations: Iterable[Operation]) -> list[tuple[type[BaseModel], JsonSchemaMode]]:
    """List each model once for requests and once for answers, which have every field, in a fixed order."""
    models: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(ProblemDetails, "serialization"): None}
    for operation in operations:
        if operation.body:
            models[operation.body, "validation"] = None
        models |= {(model, "serialization"): None for model in operation.answers.values() if isinstance(model, type)}
    return sorted(models, key=lambda key: (key[0].__name__, key[1]))


def _operation(rule: Rule, method: str, operation: Operation, refs: ModelRefs) -> Json:
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
            "content": {kind: {"schema": refs[operation.body, "validation"]} for kind in kinds},
        }
    if operation.auth in SECURITY:
        spec["security"] = SECURITY[operation.auth]
    return spec


def _answers(rule: Rule, operation: Operation, refs: ModelRefs) -> Json:
    """Describe the answers by status; a declared answer replaces the error of the same status."""
    answers = {status: _error(status, refs) for status in errors_of(rule, operation)}
    answers |= {status: _success(status, declared, operation, refs) for status, declared in operation.answers.items()}
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


def _success(status: int, declared: type[BaseModel] | str, operation: Operation, refs: ModelRefs) -> Json:
    headers = {n: {"schema": {"type": "string"}, "description": d} for n, d in operation.answer_headers.items()}
    if isinstance(declared, str):
        has_text = operation.media and status == HTTPStatus.OK
        schema = EVENT if operation.media == EVENTS else {"type": "string"}
        content = {operation.media: {"schema": schema}} if has_text else {}
        parts = {"description": declared, "content": content, "headers": headers}
        return {name: part for name, part in parts.items() if part}
    media = PROBLEM_JSON if issubclass(declared, ProblemDetails) else JSON
    return {
        "description": (declared.__doc__ or "").strip().partition("\n")[0] or HTTPStatus(status).phrase,
        "content": {media: {"schema": refs[declared, "serialization"]}},
        **({"headers": headers} if headers else {}),
    }


def _error(status: int, refs: ModelRefs) -> Json:
    spec: Json = {
        "description": ERROR_DESCRIPTIONS.get(status, HTTPStatus(status).phrase),
        "content": {PROBLEM_JSON: {"schema": refs[ProblemDetails, "serialization"]}},
    }
    if status in WITH_RETRY:
        spec["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return spec
