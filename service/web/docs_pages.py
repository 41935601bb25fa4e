"""API documentation: the OpenAPI document for programs and a reference page for people."""

import json
import re
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, current_app, redirect, render_template, url_for
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as Redirect

from service.deps import deps

from .openapi_document import Json, document
from .request_body import JSON

blueprint = Blueprint("docs_pages", __name__)

DOCUMENT_EXTENSION = "replygate.document"

#: Version of the API, not of the program: it changes when clients have to.
API_VERSION = "1"

#: The document only changes with an upgrade.
DOCS_CACHE_CONTROL = "public, max-age=300"


@blueprint.app_template_filter()
def with_code(text: str) -> Markup:
    """Render `text` with the parts in backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 -- escaped before


def current_document() -> Json:
    """Return the OpenAPI document, built on first use, when every blueprint is registered."""
    extensions = current_app.extensions
    if DOCUMENT_EXTENSION not in extensions:
        extensions[DOCUMENT_EXTENSION] = document(current_app, API_VERSION)
    return cast(Json, extensions[DOCUMENT_EXTENSION])


@blueprint.get("/")
def start_page() -> Redirect:
    """Redirect the bare host name to the demo or to the documentation."""
    return redirect(url_for("demo.article" if deps().settings.demo else "docs_pages.reference"), 303)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    response = Response(json.dumps(current_document(), ensure_ascii=False), mimetype=JSON)
    response.headers["Cache-Control"] = DOCS_CACHE_CONTROL
    return response


@blueprint.get("/docs")
def reference() -> Response:
    api = current_document()
    response = Response(
        render_template("docs.html", api=api, groups=_operations_by_tag(api), curl=_curl, schema_name=_schema_name),
        mimetype="text/html",
    )
    response.headers["Cache-Control"] = DOCS_CACHE_CONTROL
    return response


def _operations_by_tag(api: Json) -> dict[str, list[tuple[str, str, Json]]]:
    """Group operations by tag, as (method, path, operation)."""
    groups: dict[str, list[tuple[str, str, Json]]] = {tag["name"]: [] for tag in api["tags"]}
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            for tag in operation["tags"]:
                groups[tag].append((method.upper(), path, operation))
    return groups


def _schema_name(schema: Mapping[str, Any]) -> str:
    """Return a model's name, or the type in words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema or "const" in schema:
        return " or ".join(json.dumps(value) for value in schema.get("enum", [schema.get("const")]))
    if "anyOf" in schema:
        return " or ".join(_schema_name(option) for option in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_schema_name(schema.get('items', {}))}"
    return f"{schema.get('type', 'anything')}{' (' + schema['format'] + ')' if 'format' in schema else ''}"


#: Example values for parts of an address.
EXAMPLE_PARTS = {"site": "blog", "thread": "https://blog.example/2026/hello-world"}
EXAMPLE_ID = "mfrggzdfmztwq2lknnwg23tpoa"


def _curl(method: str, path: str, operation: Json) -> str:
    """Return a curl command that calls the operation."""
    address, query = path, {}
    for parameter in operation["parameters"]:
        name, schema = parameter["name"], parameter["schema"]
        if parameter["in"] == "path":
            address = address.replace(f"{{{name}}}", quote(EXAMPLE_PARTS.get(name, EXAMPLE_ID), safe=""))
        elif parameter["in"] == "query" and parameter["required"]:
            query[name] = _example(schema)
    lines = [f"curl '{deps().settings.public_url}{address}{'?' + urlencode(query) if query else ''}'"]
    if method != "GET":
        lines[0] = lines[0].replace("curl ", f"curl -X {method} ", 1)
    schemes = [name for need in operation.get("security", []) for name in need]
    if "siteKey" in schemes and {} not in operation["security"]:
        lines.append("-H 'Authorization: Bearer rgk_...'")
    elif "session" in schemes:
        lines.append("-b cookies.txt" + (" -H 'X-CSRF-Token: ...'" if method != "GET" else ""))
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"][JSON]["schema"]
        lines.append(f"--json '{json.dumps(_example(schema), ensure_ascii=False)}'")
    return " \\\n  ".join(lines)


def _example(schema: Mapping[str, Any]) -> Any:
    """Return an example value; of an object, the required fields."""
    if "$ref" in schema:
        return _example(current_document()["components"]["schemas"][_schema_name(schema)])
    if "examples" in schema:
        return schema["examples"][0]
    if schema.get("type") == "object":
        shown = schema.get("required") or EXAMPLE_FIELDS
        return {name: _example(part) for name, part in schema.get("properties", {}).items() if name in shown}
    if schema.get("type") == "array":
        return [_example(schema.get("items", {}))]
    if "enum" in schema:
        return schema["enum"][0]
    return {"boolean": True, "integer": 1, "number": 1.0}.get(schema.get("type", ""), "text")


#: Fields shown of a submission, whose schema requires none because that is a site setting.
EXAMPLE_FIELDS = ("thread", "author", "email", "content")
