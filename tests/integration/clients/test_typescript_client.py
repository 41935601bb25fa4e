"""The generated TypeScript client: up to date with the OpenAPI document, typed, and used against a running server."""

import json
import subprocess
from pathlib import Path

import pytest

from replygate.commands.openapi_command import openapi_json
from tests.integration.clients.conftest import Served
from tests.integration.clients.test_clients_docs import examples, with_server
from tests.support.http_faults import LOST_ANSWER, Fault, HttpFaults
from tests.support.node import install_packages, run_npm

PACKAGE = Path(__file__).parents[3] / "packages" / "client-ts"
SCHEMA = PACKAGE / "src" / "schema.ts"


@pytest.fixture(scope="module")
def installed() -> Path:
    install_packages(PACKAGE)
    return PACKAGE


@pytest.fixture(scope="module")
def program(installed: Path) -> Path:
    """Compile the client and its test program, which checks the types."""
    run_npm(installed, "test")
    return installed / "test" / "dist" / "live.js"


def test_the_types_agree_with_the_openapi_document(installed: Path) -> None:
    (installed / "openapi.json").write_text(openapi_json())
    kept = SCHEMA.read_text()
    try:
        run_npm(installed, "run", "generate")
        generated = SCHEMA.read_text()
    finally:
        SCHEMA.write_text(kept)
    assert generated == kept, "the API has changed; run `make client`"


def run_program(program: Path, url: str, key: str, thread: str) -> str:
    """Run the test program and return the id of its comment."""
    words = ["node", str(program), url, key, thread]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["id"])


def test_a_program_submits_reads_and_gets_every_problem(served: Served, program: Path, thread: str) -> None:
    id = run_program(program, served.url, served.key, thread)
    assert served.storage.comments.get("blog", id).author == "Ada"


def test_a_lost_answer_makes_no_second_comment(served: Served, faults: HttpFaults, program: Path, thread: str) -> None:
    faults.faults = [LOST_ANSWER, Fault(status=503, headers={"Retry-After": "0"}), LOST_ANSWER]
    id = run_program(program, faults.url, served.key, thread)
    keys = [
        value for _, _, headers in faults.requests[:4] for n, value in headers.items() if n.lower() == "idempotency-key"
    ]
    assert (len(keys), len(set(keys))) == (4, 1)
    assert [c.id for c in served.comments(thread)] == [id]


def test_the_key_is_not_sent_where_caches_may_answer(
    served: Served, faults: HttpFaults, program: Path, thread: str
) -> None:
    run_program(program, faults.url, served.key, thread)
    reading = [
        h for method, path, h in faults.requests if method == "GET" and path.startswith("/v1/sites/blog/comments?")
    ]
    assert reading
    assert [h for h in reading if "authorization" in {name.lower() for name in h}] == []


def test_the_example_of_the_docs_runs(served: Served, program: Path) -> None:
    (example,) = examples("ts")
    file = program.parent / "example.mjs"
    file.write_text(with_server(example, served))
    done = subprocess.run(["node", str(file)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "thread" in done.stdout
