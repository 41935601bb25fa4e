"""The client's answers and errors agree with the OpenAPI document and the table of errors."""

import inspect
import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from datetime import datetime
from functools import lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from replygate.client import answers, asynchronous, blocking, review_answers
from replygate.client.failures import PROBLEM_ERRORS
from replygate.commands.openapi_command import openapi_json
from service.web.errors import MAPPINGS

ANSWERS = [
    value
    for module in (answers, review_answers)
    for _, value in inspect.getmembers(module, inspect.isclass)
    if value.__module__ == module.__name__
]
SIMPLE = {"string": str, "integer": int, "number": float, "boolean": bool}


@lru_cache
def schemas() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(openapi_json())["components"]["schemas"]
    return found


def fits(kind: Any, schema: Mapping[str, Any]) -> bool:
    """Return True if the client accepts every value of a schema."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return kind.__name__ == name if name in {a.__name__ for a in ANSWERS} else fits(kind, schemas()[name])
    if "anyOf" in schema:
        options = [o for o in schema["anyOf"] if o.get("type") != "null"]
        is_union = get_origin(kind) in (Union, types.UnionType)
        wanted = next(o for o in get_args(kind) if o is not type(None)) if is_union else kind
        return is_union == (len(options) < len(schema["anyOf"])) and all(fits(wanted, o) for o in options)
    if schema.get("type") == "array":
        return get_origin(kind) is tuple and fits(get_args(kind)[0], schema["items"])
    if schema.get("type") == "object":
        return get_origin(kind) is Mapping and fits(get_args(kind)[1], schema["additionalProperties"])
    if schema.get("format") == "date-time":
        return kind is datetime
    return SIMPLE[schema.get("type", "string")] is kind


def is_optional(field: Field[Any]) -> bool:
    return field.default is not MISSING


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.__name__)
def test_an_answer_has_the_fields_of_its_schema(answer: Any) -> None:
    schema = schemas()[answer.__name__]
    assert {f.name for f in fields(answer)} == set(schema["properties"])
    hints = get_type_hints(answer)
    wrong = [name for name, part in schema["properties"].items() if not fits(hints[name], part)]
    assert wrong == []
    assert {f.name for f in fields(answer) if not is_optional(f)} <= set(schema["required"])


def test_every_problem_of_the_server_has_an_error_of_its_own() -> None:
    assert set(PROBLEM_ERRORS) == {f"urn:replygate:{mapping.type}" for mapping in MAPPINGS.values()}


def test_both_clients_have_the_same_methods_with_the_same_parameters() -> None:
    def methods(client: type) -> dict[str, str]:
        found = inspect.getmembers(client, inspect.isfunction)
        return {name: str(inspect.signature(f)) for name, f in found if hasattr(f, "__wrapped__")}

    assert len(methods(blocking.Client)) > 20
    assert methods(blocking.Client) == methods(asynchronous.AsyncClient)


def test_every_method_has_a_docstring() -> None:
    assert [name for name, f in inspect.getmembers(blocking.Client, inspect.isfunction) if not f.__doc__] in (
        [],
        ["__enter__", "__exit__", "__init__", "close"],
    )
