"""Requests of Isso's client, sent to Isso (once, to record its answers) and to this service, and their answers."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

ORIGIN = "http://blog.example"
JSON_TYPE = {"Content-Type": "application/json", "Accept": "application/json"}
HELLO = "/hello/"
#: Headers that the client reads, or the browser for it.
HEADERS = (
    *("content-type", "access-control-allow-origin", "access-control-allow-credentials"),
    *("access-control-allow-methods", "access-control-allow-headers", "access-control-expose-headers"),
)
NUMBER = re.compile(r"\{(\d+)\}")


@dataclass(frozen=True)
class IssoRequest:
    """A request. `{2}` stands for the number of the second comment; `author` is the comment whose cookie is sent."""

    name: str
    method: str
    path: str
    json: Any = None
    author: int = 0
    content: str | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: JSON_TYPE)


def _new(name: str, text: Any, uri: str = HELLO, **fields: Any) -> IssoRequest:
    return IssoRequest(name, "POST", f"/new?uri={uri}", {"text": text, "title": "Hello", "notification": 0, **fields})


def _get(name: str, path: str, author: int = 0) -> IssoRequest:
    return IssoRequest(name, "GET", path, author=author)


READ = f"/?uri={HELLO}"
REQUESTS = (
    _get("settings of the client", "/config"),
    _get("a thread without comments", READ),
    _new("the first comment", "Hello, *world*!", author="Ada", email="ada@example.org", website="https://ada.example/"),
    _new("a reply", "Hello, Ada & all", author="Bob <b>", parent="{1}"),
    _new("a reply to a reply", "And hello, Bob", author="Cleo", parent="{2}"),
    _new("a comment without a name", "I have no name", author=None, email=None, website=None, parent=None),
    _new("a website without a scheme", "See my site", author="Dan", website="dan.example/?a=1&b=2"),
    _new("unicode", "Grüße 🎉 日本語", author="Žofie 🦊", uri="/größe/"),
    _get("the thread", READ),
    _get("the thread as plain text", f"{READ}&plain=1"),
    _get("the newest first", f"{READ}&sort=newest"),
    _get("sorted by votes", f"{READ}&sort=upvotes"),
    _get("one top-level comment", f"{READ}&limit=1"),
    _get("the next top-level comment", f"{READ}&limit=1&offset=1"),
    _get("one reply", f"{READ}&nested_limit=1"),
    _get("no replies", f"{READ}&nested_limit=0"),
    _get("no comments", f"{READ}&limit=0"),
    _get("the replies to a comment", f"{READ}&parent={{1}}"),
    _get("the second reply to a comment", f"{READ}&parent={{1}}&limit=1&offset=1"),
    _get("the replies to no comment", f"{READ}&parent=4503"),
    _get("comments after a time in the future", f"{READ}&after=99999999999"),
    _get("a thread with an encoded name", "/?uri=%2Fgr%25C3%25B6%25C3%259Fe%2F"),
    IssoRequest("counts", "POST", "/count", [HELLO, "/nothing/", "/größe/", HELLO]),
    IssoRequest("counts of nothing", "POST", "/count", []),
    _get("the own comment", "/id/{1}", 1),
    _get("the own comment as plain text", "/id/{1}?plain=1", 1),
    _get("a comment of another author", "/id/{1}", 2),
    _get("a comment without a cookie", "/id/{1}"),
    IssoRequest("an edit", "PUT", "/id/{1}", {"text": "Hello, **again**!"}, 1),
    IssoRequest("an edit of another author", "PUT", "/id/{1}", {"text": "Not mine"}, 2),
    IssoRequest("an edit without a cookie", "PUT", "/id/{1}", {"text": "Not mine"}),
    IssoRequest("an edit without a text", "PUT", "/id/{1}", {}, 1),
    _get("the thread after the edit", READ),
    IssoRequest("a deletion by another author", "DELETE", "/id/{1}", author=2),
    IssoRequest("the deletion of a comment with replies", "DELETE", "/id/{1}", author=1),
    IssoRequest("the deletion of a comment without replies", "DELETE", "/id/{4}", author=4),
    _get("the thread after the deletions", READ),
    IssoRequest("counts after the deletions", "POST", "/count", [HELLO]),
    IssoRequest("an upvote", "POST", "/id/{5}/like"),
    IssoRequest("a downvote", "POST", "/id/{5}/dislike"),
    IssoRequest("a preview", "POST", "/preview", {"text": "*Hello*"}),
    IssoRequest("a preview of nothing", "POST", "/preview", {}),
    _get("the latest comments", "/latest?limit=2"),
    _get("the latest comments without a limit", "/latest"),
    _get("a thread without its name", "/"),
    _get("an unknown order", f"{READ}&sort=best"),
    _get("a limit that is no number", f"{READ}&limit=x"),
    _get("a negative offset", f"{READ}&offset=-1"),
    _get("a parent that is no number", f"{READ}&parent=x"),
    _get("a feed without a thread", "/feed"),
    IssoRequest("a comment without a thread", "POST", "/new", {"text": "Hello"}),
    _new("a comment without a text", None),
    _new("a text that is a number", 5),
    _new("a name that is a list", "Hello there", author=["Ada"]),
    _new("a parent that is a text", "Hello there", parent="one"),
    _new("a text that is too long", "x" * 65536),
    IssoRequest("a body that is no JSON", "POST", f"/new?uri={HELLO}", content="{", headers=JSON_TYPE),
    IssoRequest(
        "a form of another site", "POST", f"/new?uri={HELLO}", content="text=hello",
        headers=JSON_TYPE | {"Content-Type": "application/x-www-form-urlencoded"},
    ),
    IssoRequest("a preflight", "OPTIONS", f"/new?uri={HELLO}", headers={"Access-Control-Request-Method": "POST"}),
)  # fmt: skip

#: Sent to a server that publishes nothing before a moderator approved it.
MODERATED = (
    _new("a comment that waits", "Please publish this", author="Ada", uri="/waiting/"),
    _get("the own comment that waits", "/id/{1}", 1),
    _get("a thread whose only comment waits", "/?uri=/waiting/"),
    IssoRequest("an edit of a comment that waits", "PUT", "/id/{1}", {"text": "Please, please"}, 1),
    IssoRequest("counts without a comment that waits", "POST", "/count", ["/waiting/"]),
    IssoRequest("the deletion of a comment that waits", "DELETE", "/id/{1}", author=1),
)


@dataclass
class IssoConversation:
    """Sends the requests in order, and describes each answer without numbers, times and hashes of one server."""

    client: httpx.Client
    numbers: list[int] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)

    def answers(self, requests: tuple[IssoRequest, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
        for request in requests:
            yield request.name, self._described(self._send(request))

    def _send(self, request: IssoRequest) -> httpx.Response:
        headers = {"Origin": ORIGIN, **request.headers}
        if request.author:
            headers["Cookie"] = self.cookies[request.author - 1]
        body: dict[str, Any] = {"content": request.content} if request.content else {}
        if request.json is not None:
            body = {"json": self._with_parent(request.json)}
        path = NUMBER.sub(lambda found: str(self.numbers[int(found[1]) - 1]), request.path)
        answer = self.client.request(request.method, path, headers=headers, **body)
        self.client.cookies.clear()
        if request.path.startswith("/new") and answer.status_code in (201, 202):
            self.numbers.append(answer.json()["id"])
            self.cookies.append("")
        for cookie in answer.headers.get_list("Set-Cookie"):
            name = cookie.partition("=")[0]
            if name.isdigit() and int(name) in self.numbers:
                self.cookies[self.numbers.index(int(name))] = cookie.split(";")[0]
        return answer

    def _with_parent(self, body: Any) -> Any:
        parent = body.get("parent") if isinstance(body, dict) else None
        named = NUMBER.fullmatch(str(parent))
        return body | {"parent": self.numbers[int(named[1]) - 1]} if named else body

    def _described(self, answer: httpx.Response) -> dict[str, Any]:
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        found: dict[str, Any] = {
            "status": answer.status_code,
            "body": self._normalized(answer.json()) if is_json else "(no JSON)",
            "headers": {name: answer.headers[name] for name in HEADERS if name in answer.headers},
        }
        if "X-Set-Cookie" in answer.headers:
            found["cookie of the page"] = self._cookie(answer.headers["X-Set-Cookie"])
            found["cookie"] = next(filter(None, map(self._cookie, answer.headers.get_list("Set-Cookie"))))
        return found

    def _normalized(self, value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: self._normalized(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._normalized(inner, name) for inner in value]
        if name in ("id", "parent") and value in self.numbers:
            return f"comment {self.numbers.index(value) + 1}"
        if name in ("created", "modified") and value is not None:
            return "a time"
        return f"a {name}" if name in ("hash", "message") else value

    def _cookie(self, text: str) -> list[str]:
        """Return the name and the attributes of a cookie of a comment; nothing for another cookie."""
        name, *attributes = text.split("; ")
        number = int(name.partition("=")[0].removeprefix("isso-") or 0) if name[0].isdigit() or "isso-" in name else 0
        if number not in self.numbers:
            return []
        label = f"comment {self.numbers.index(number) + 1}"
        value = "deleted" if name.endswith("=") else "set"
        prefix = "isso-" if name.startswith("isso-") else ""
        return [f"{prefix}{label}", value, *sorted(a for a in attributes if not a.startswith("Expires"))]
