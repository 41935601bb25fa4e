"""Akismet's clients, unchanged, against a running server with a judge."""

import asyncio
import http.client
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import akismet
import httpx
import pytest
from akismet import CheckResponse, Config

from comments.setting_values import Term
from comments.storage.interfaces import Storage
from comments.storage.redis import open_redis
from tests.support.akismet import BLOG, HAM, SPAM, key_of
from tests.support.builders import a_site, settings
from tests.support.node import install_packages
from tests.support.running_service import running_service

CLIENTS = Path(__file__).parents[2] / "support" / "akismet_clients"
#: Each test has a text of its own: the same text again is evidence against a comment.
OTHER_HAM = "The new benches along the harbour wall are a fine place to read the newspaper in the evening."
DOCS_HAM = "My grandfather repaired the old crane at the shipyard, so thank you for the photographs."
OLD_HAM = "I have kept a photograph of the tram on the quay since I was seven, and here it is again."
HOST_HAM = "Does the lighthouse still open on Saturdays? We would like to bring my parents along."
PATH_HAM = "The soup at the little kitchen behind the fish market was the best of the whole journey."
COMMENT = {"user_ip": "203.0.113.9", "comment_author": "Ada", "comment_author_email": "ada@mail.example"}


@dataclass(frozen=True)
class Server:
    url: str
    storage: Storage

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc


@pytest.fixture(scope="module")
def server(valkey_of_module: str) -> Iterator[Server]:
    found = settings(redis_url=valkey_of_module)
    storage = open_redis(found)
    words = {"reject_words": (Term("pills-casino"),), "hold_words": (Term("harbour times"),)}
    storage.sites.put(a_site(per_minute=0, akismet_keys=("k1",), **words))
    with running_service(valkey_of_module, ("work", "judge")) as url:
        yield Server(url, storage)


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    assert found, "the tests of Akismet's clients need node on the PATH"
    install_packages(CLIENTS)
    return found


def run_node(node: str, *words: str) -> dict[str, Any]:
    done = subprocess.run([node, *words], cwd=CLIENTS, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def http_client(server: Server) -> httpx.Client:
    """Send the requests for Akismet to this server. The key in the header is for `key_sites`, which sends none."""

    def redirect(request: httpx.Request) -> None:
        request.url = httpx.URL(server.url).join(request.url.raw_path.decode())
        request.headers["Authorization"] = f"Bearer {key_of()}"

    return httpx.Client(event_hooks={"request": [redirect]}, headers={"User-Agent": akismet.USER_AGENT}, timeout=10)


def test_the_python_client(server: Server) -> None:
    with http_client(server) as redirected:
        client = akismet.SyncClient.validated_client(Config(key_of(), BLOG), redirected)
        assert client.comment_check(**COMMENT, comment_content=HAM) is CheckResponse.HAM
        assert client.comment_check(**COMMENT, comment_content=SPAM) is CheckResponse.SPAM
        assert client.comment_check(**COMMENT, comment_content="The harbour times?") is CheckResponse.SPAM
        discarded = {**COMMENT, "comment_author": "akismet-guaranteed-discard"}
        assert client.comment_check(**discarded, comment_content=HAM) is CheckResponse.DISCARD
        assert client.submit_spam(**COMMENT, comment_content=HAM)
        assert client.submit_ham(**COMMENT, comment_content=HAM)
        usage = client.usage_limit()
        assert usage["limit"] == "none"
        assert usage["usage"] >= 4
        ((month, rows),) = [(name, value) for name, value in client.key_sites().items() if isinstance(value, list)]
        assert (len(month), rows[0]["api_calls"]) == (7, usage["usage"])


def test_the_python_client_refuses_a_wrong_key_at_the_start(server: Server) -> None:
    client = httpx.Client(event_hooks={"request": [lambda request: _send_to(server, request)]})
    with client, pytest.raises(akismet.APIKeyError):
        akismet.SyncClient.validated_client(Config("0123456789ab", BLOG), client)


def test_the_program_in_the_docs(server: Server) -> None:
    page = (Path(__file__).parents[3] / "docs" / "akismet.md").read_text()
    (program,) = re.findall("```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    program = program.replace("https://replygate.example", server.url).replace("0123456789ab", key_of())
    exec(program, names)
    with names["http_client"]:
        assert names["client"].verify_key()
        assert names["client"].comment_check(**COMMENT, comment_content=DOCS_HAM) is CheckResponse.HAM
        assert names["client"].key_sites()


def _send_to(server: Server, request: httpx.Request) -> None:
    request.url = httpx.URL(server.url).join(request.url.raw_path.decode())


def test_the_python_client_with_asyncio(server: Server) -> None:
    async def redirect(request: httpx.Request) -> None:
        _send_to(server, request)

    async def check() -> CheckResponse:
        async with httpx.AsyncClient(event_hooks={"request": [redirect]}, timeout=10) as http:
            client = await akismet.AsyncClient.validated_client(Config(key_of(), BLOG), http)
            return await client.comment_check(**COMMENT, comment_content=OTHER_HAM)

    assert asyncio.run(check()) is CheckResponse.HAM


def test_a_client_that_speaks_http_1_0(server: Server) -> None:
    """WordPress does."""

    class OldConnection(http.client.HTTPConnection):
        _http_vsn, _http_vsn_str = 10, "HTTP/1.0"

    form = urlencode({**COMMENT, "api_key": key_of(), "blog": BLOG, "comment_content": OLD_HAM})
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", "Host": "rest.akismet.com"}
    with closing(OldConnection(server.host, timeout=30)) as connection:
        connection.request("POST", "/1.1/comment-check", form, headers)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"false")
        assert answer.headers["X-akismet-guid"]


def test_the_client_of_cedx(server: Server, node: str) -> None:
    assert run_node(node, "cedx_akismet.mjs", server.url, key_of()) == {
        "valid": True, "ham": "ham", "spam": "spam", "discard": "pervasiveSpam", "review": "spam", "test": "ham",
        "wrong": False,
    }  # fmt: skip


THANKS = "Thanks for making the web a better place."
FROM_AKISMET_API = {
    "valid": True, "ham": False, "spam": True, "honeypot": True, "administrator": False, "submitted": [THANKS, THANKS],
    "wrong": False,
}  # fmt: skip


def test_akismet_api_with_the_key_in_the_host_name(server: Server, node: str) -> None:
    host = f"rest.example:{urlsplit(server.url).port}"
    found = run_node(node, "--require", "./wildcard_dns.cjs", "akismet_api.cjs", "http", host, key_of(), HOST_HAM)
    assert found == FROM_AKISMET_API


def test_akismet_api_with_the_key_in_the_path(server: Server, node: str) -> None:
    endpoint = f"{server.url}/k/{key_of()}/1.1/"
    assert run_node(node, "akismet_api.cjs", "http", server.host, key_of(), PATH_HAM, endpoint) == FROM_AKISMET_API


FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class ProgramRequest:
    """A request as a program sends it, learned from its source. `{key}` stands for the key of the site."""

    host: str
    path: str
    fields: dict[str, str]
    answer: str
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": FORM})


ARTALK = {
    "blog": BLOG, "user_ip": "203.0.113.41", "user_agent": "Mozilla/5.0 (X11; Linux x86_64)", "comment_author": "Mio",
    "comment_author_email": "mio@mail.example",
}  # fmt: skip
DISCOURSE = {
    "content_type": "forum-post", "referrer": f"{BLOG}/", "permalink": f"{BLOG}/t/the-pier/12/3", "blog": BLOG,
    "comment_author": "gwen", "user_ip": "203.0.113.42", "user_agent": "Mozilla/5.0 (Macintosh)",
}  # fmt: skip
DISCOURSE_HEADERS = {"Content-Type": FORM, "User-Agent": "Discourse/3.1.0 | discourse-akismet/0.1.0"}
WALINE = {
    "user_ip": "203.0.113.43", "permalink": f"{BLOG}/posts/ferry/", "comment_author": "Nora", "blog": BLOG,
    "user_agent": "Generic Node.js/1.0.0 | Akismet/3.1.7",
}  # fmt: skip
WALINE_HEADERS = {"Content-Type": FORM, "User-Agent": "Generic Node.js/1.0.0 | Akismet/3.1.7"}
KEY_HOST, PLAIN_HOST, CHECK = "{key}.rest.akismet.com", "rest.akismet.com", "/1.1/comment-check"
#: Artalk: internal/anti_spam/akismet.go at 31cc5bc8. It takes "true" and "false", and nothing more.
#: Discourse: lib/akismet.rb at 197c7047 and posts_bouncer.rb at 08b4165d. A status other than 200 is an error.
#: Waline: @waline/vercel 1.39.3 with the npm package akismet 2.0.7, by plain HTTP. It verifies the key each time.
PROGRAM_REQUESTS = {
    "artalk ham": ProgramRequest(
        KEY_HOST, CHECK, ARTALK | {"comment_content": "The tide table on the noticeboard is a week old now."}, "false"
    ),
    "artalk spam": ProgramRequest(KEY_HOST, CHECK, ARTALK | {"comment_content": SPAM + " Artalk"}, "true"),
    "discourse ham": ProgramRequest(
        KEY_HOST, CHECK, DISCOURSE | {"comment_content": "Rope for the old dinghy\n\nWhich width do you use?"}, "false",
        DISCOURSE_HEADERS,
    ),
    "discourse spam": ProgramRequest(
        KEY_HOST, CHECK, DISCOURSE | {"comment_content": SPAM + " Discourse"}, "true", DISCOURSE_HEADERS
    ),
    "discourse feedback": ProgramRequest(
        KEY_HOST, "/1.1/submit-ham", DISCOURSE | {"comment_content": SPAM + " Discourse"}, THANKS, DISCOURSE_HEADERS
    ),
    "waline key": ProgramRequest(
        PLAIN_HOST, "/1.1/verify-key", {"key": "{key}", "blog": BLOG}, "valid", WALINE_HEADERS
    ),
    "waline ham": ProgramRequest(
        KEY_HOST, CHECK, WALINE | {"comment_content": "We took the last ferry and it was quite empty."}, "false",
        WALINE_HEADERS,
    ),
    "waline spam": ProgramRequest(
        KEY_HOST, CHECK, WALINE | {"comment_content": SPAM + " Waline"}, "true", WALINE_HEADERS
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAM_REQUESTS)
def test_the_requests_of_programs_get_the_answers_that_they_read(server: Server, name: str) -> None:
    sent = PROGRAM_REQUESTS[name]
    headers = {**sent.headers, "Host": sent.host.format(key=key_of())}
    form = urlencode({name: value.replace("{key}", key_of()) for name, value in sent.fields.items()})
    with closing(http.client.HTTPConnection(server.host, timeout=30)) as connection:
        connection.request("POST", sent.path, form, headers)
        answer = connection.getresponse()
        assert (answer.status, answer.read().decode()) == (200, sent.answer)
        assert "X-akismet-debug-help" not in answer.headers


@pytest.mark.parametrize("name", ["artalk ham", "discourse ham", "waline ham"])
def test_programs_with_a_wrong_key_see_no_verdict(server: Server, name: str) -> None:
    sent = PROGRAM_REQUESTS[name]
    with closing(http.client.HTTPConnection(server.host, timeout=30)) as connection:
        headers = {**sent.headers, "Host": sent.host.format(key="0" * 12)}
        connection.request("POST", sent.path, urlencode(sent.fields), headers)
        answer = connection.getresponse()
        assert answer.read() == b"invalid"
        assert "key is not valid" in answer.headers["X-akismet-debug-help"]
