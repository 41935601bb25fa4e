"""The commands of docs/perspective.md work, and an unchanged client of the Perspective API with them."""

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from comments.storage.interfaces import Storage
from tests.support.node import run_npm
from tests.support.perspective import PerspectiveServer, open_perspective

ROOT = Path(__file__).parents[3]
DOCS = (ROOT / "docs/perspective.md").read_text(encoding="utf-8")
CLIENT = ROOT / "tests/vendor/perspective-client"
#: Uses the package as its README says, after the line of our docs.
SCRIPT = """
const Perspective = require("perspective-api-client");
const client = new Perspective({ apiKey: process.env.KEY });
(async () => {
  const attributes = ["toxicity", "insult", "profanity", "threat", "spam"];
  const found = await client.analyze("You are a complete <b>idiot</b>.", { attributes });
  const refused = await client.analyze("Hello", { attributes: ["flirtation"] }).catch((error) => error);
  console.log(JSON.stringify({ found, error: refused.name, message: refused.message }));
})();
"""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", DOCS, re.DOTALL | re.MULTILINE)


@pytest.fixture
def perspective(storage: Storage) -> PerspectiveServer:
    return open_perspective(storage)


@pytest.fixture
def environment(perspective: PerspectiveServer) -> Iterator[dict[str, str]]:
    server = make_server("127.0.0.1", 0, perspective.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield {**os.environ, "REPLYGATE": f"http://127.0.0.1:{server.server_port}", "KEY": perspective.key}
    server.shutdown()
    thread.join()
    server.server_close()


def ran(command: list[str], environment: dict[str, str], folder: Path | None = None) -> str:
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_curl_commands_get_scores_and_teach(environment: dict[str, str]) -> None:
    analyze, suggest = blocks("bash")
    scores = json.loads(ran(["bash", "-c", analyze], environment))["attributeScores"]
    first, second = scores["TOXICITY"]["spanScores"]
    assert first["score"]["value"] > 0.5 > second["score"]["value"]
    assert scores["SPAM"]["summaryScore"]["value"] < 0.5
    answer = ran(["bash", "-c", suggest], environment)
    assert "Replygate-Taught: spam" in answer
    assert '{"clientToken": "comment-53922"}' in answer


def test_the_client_of_npm_works_unchanged(environment: dict[str, str], tmp_path: Path) -> None:
    for name in (".npmrc", "package.json", "package-lock.json"):
        shutil.copy(CLIENT / name, tmp_path)
    run_npm(tmp_path, "ci", "--silent")
    (redirect,) = blocks("js")
    (tmp_path / "client.js").write_text(redirect + SCRIPT)
    answer = json.loads(ran(["node", "client.js"], environment, tmp_path))
    assert answer["found"]["attributeScores"].keys() == {"TOXICITY", "INSULT", "PROFANITY", "THREAT", "SPAM"}
    assert answer["found"]["attributeScores"]["INSULT"]["summaryScore"]["value"] > 0.5
    assert answer["message"] == "Unknown requested attribute: FLIRTATION"
