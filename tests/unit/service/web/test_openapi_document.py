"""The OpenAPI document says what errors look like, so that generated clients can read them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from replygate.commands.openapi_command import openapi_json
from service.web.openapi_document import ERROR_DESCRIPTIONS

PROBLEMS = {"#/components/schemas/ProblemDetails", "#/components/schemas/ConflictProblem"}


@pytest.fixture(scope="module")
def answers() -> list[tuple[str, int, dict[str, Any]]]:
    """Return the name of each operation with the status and the description of each answer."""

    def found() -> Iterator[tuple[str, int, dict[str, Any]]]:
        for path, operations in json.loads(openapi_json())["paths"].items():
            for method, operation in operations.items():
                for status, answer in operation.get("responses", {}).items() if method != "parameters" else ():
                    yield f"{method} {path}", int(status), answer

    return list(found())


def test_only_errors_are_problem_details_and_have_their_media_type(
    answers: list[tuple[str, int, dict[str, Any]]],
) -> None:
    for name, status, answer in answers:
        for media, content in answer.get("content", {}).items():
            assert (media == "application/problem+json") == (content["schema"].get("$ref") in PROBLEMS), (name, status)
    assert {status for _, status, answer in answers if status >= 400 and "content" not in answer} <= {404}


def test_every_error_is_described_and_those_that_pass_name_the_time_to_wait(
    answers: list[tuple[str, int, dict[str, Any]]],
) -> None:
    errors = [(status, answer) for _, status, answer in answers if status in ERROR_DESCRIPTIONS]
    assert {status for status, _ in errors} == set(ERROR_DESCRIPTIONS)
    assert {400, 401, 403, 404, 409, 413, 415, 422, 429, 503} <= set(ERROR_DESCRIPTIONS)
    assert all(answer["description"] for _, answer in errors)
    waits = {status for status, answer in errors if "Retry-After" in answer.get("headers", {})}
    assert waits == {429, 503}
