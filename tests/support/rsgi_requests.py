"""Requests as Granian gives them to an RSGI application."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any


class Headers(list[tuple[str, str]]):
    def items(self) -> list[tuple[str, str]]:
        return [*self]

    def keys(self) -> list[str]:
        return [name for name, _ in self]

    def get(self, name: str) -> str | None:
        return dict(self.items()).get(name)

    def __contains__(self, name: object) -> bool:
        return name in dict(self.items())


class Line:
    """A request's body in pieces; `answered` records the adapter's response."""

    def __init__(self, *parts: bytes, ends: bool = True) -> None:
        self.parts, self.ends = parts, ends
        self.answered: tuple[int, list[tuple[str, str]], bytes] = (0, [], b"")

    async def __call__(self) -> bytes:
        return b"".join([part async for part in self])

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self.parts:
            yield part
        if not self.ends:
            await asyncio.Event().wait()

    def response_bytes(self, *answered: Any) -> None:
        self.answered = answered  # type: ignore[assignment]


def request(headers: list[tuple[str, str]], **changes: str) -> Any:
    plain = {
        "http_version": "1.1",
        "server": "127.0.0.1:8000",
        "client": "192.0.2.1:5555",
        "scheme": "http",
        "method": "GET",
        "path": "/",
        "query_string": "",
    }
    return SimpleNamespace(headers=Headers(headers), **{**plain, **changes})
