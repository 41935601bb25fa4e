"""The discovery document of the Perspective API, from which Google's client libraries make their methods."""

import hashlib
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request
from pydantic.json_schema import models_json_schema

from comments.attributes import ATTRIBUTES
from service.deps import deps
from service.web import site_access

from .google_errors import google_answer
from .perspective_messages import (
    AnalyzeCommentRequest,
    AnalyzeCommentResponse,
    Message,
    SuggestCommentScoreRequest,
    SuggestCommentScoreResponse,
)

blueprint = Blueprint("perspective_discovery", __name__)

API_METHODS: Mapping[str, tuple[type[Message], type[Message], str]] = {
    "analyze": (AnalyzeCommentRequest, AnalyzeCommentResponse, "Scores a text for the requested attributes."),
    "suggestscore": (SuggestCommentScoreRequest, SuggestCommentScoreResponse, "Suggests better scores of a text."),
}
API_PARAMETERS: Mapping[str, Mapping[str, str]] = {
    name: {"type": "string", "location": "query", "description": text}
    for name, text in {
        "key": "A key of the site.",
        "alt": "Data format of the answer: json.",
        "fields": "Has no effect.",
        "prettyPrint": "Has no effect.",
        "quotaUser": "Has no effect.",
        "$.xgafv": "Has no effect.",
    }.items()
}
#: Parts of a JSON schema that a discovery document does not have.
_LEFT_OUT = ("additionalProperties", "title", "default", "const")


@blueprint.get("/$discovery/rest")
def discovery_document() -> Response:
    return google_answer(api_document(site_access.own_address(request, deps().settings)))


def api_document(address: str) -> dict[str, Any]:
    """Return the document for a service at this address."""
    root = address.rstrip("/") + "/"
    methods = {
        name: {
            "id": f"commentanalyzer.comments.{name}",
            "path": f"v1alpha1/comments:{name}",
            "flatPath": f"v1alpha1/comments:{name}",
            "httpMethod": "POST",
            "description": text,
            "parameters": {},
            "parameterOrder": [],
            "request": {"$ref": asked.__name__},
            "response": {"$ref": answered.__name__},
        }
        for name, (asked, answered, text) in API_METHODS.items()
    }
    body = {
        "kind": "discovery#restDescription",
        "discoveryVersion": "v1",
        "id": "commentanalyzer:v1alpha1",
        "name": "commentanalyzer",
        "version": "v1alpha1",
        "title": "Perspective Comment Analyzer API",
        "description": f"Scores comments for these attributes: {', '.join(ATTRIBUTES)}.",
        "protocol": "rest",
        "rootUrl": root,
        "baseUrl": root,
        "servicePath": "",
        "basePath": "",
        "batchPath": "batch",
        "parameters": API_PARAMETERS,
        "schemas": _schemas(),
        "resources": {"comments": {"methods": methods}},
    }
    return {**body, "revision": "1", "etag": hashlib.sha256(repr(body).encode()).hexdigest()[:16]}


def _schemas() -> dict[str, Any]:
    kinds = [(kind, "validation") for asked, answered, _ in API_METHODS.values() for kind in (asked, answered)]
    _, found = models_json_schema(kinds)  # type: ignore[arg-type] # the modes are literals
    return {name: {"id": name, **_plain(schema)} for name, schema in found["$defs"].items()}


def _plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a JSON schema as discovery documents write it: without null, and with the names of other schemas."""
    if options := [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]:
        return _plain(options[0])
    if "$ref" in schema:
        return {"$ref": schema["$ref"].rpartition("/")[2]}
    plain = {name: value for name, value in schema.items() if name not in _LEFT_OUT}
    if "properties" in plain:
        plain["properties"] = {name: _plain(value) for name, value in plain["properties"].items()}
    if isinstance(of := schema.get("additionalProperties"), Mapping):
        plain["additionalProperties"] = _plain(of)
    if "items" in plain:
        plain["items"] = _plain(plain["items"])
    if plain.get("type") == "number":
        plain["format"] = "float"
    return plain
