"""Callers of an API: each waits for its answer before it asks again, and after a refusal as long as a client should."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import uvloop

from bench.http_load import Request

#: Status of a request that got no answer.
NO_ANSWER = 0
#: Seconds after which a caller gives up. No request waits for a judge that long.
PATIENCE = 30.0


@dataclass(slots=True)
class Answers:
    """Statuses of all requests, and the times of those with a verdict, sorted."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.waits) / self.seconds

    def percentile(self, share: float) -> float:
        return self.waits[min(len(self.waits) - 1, int(share * len(self.waits)))] if self.waits else float("inf")


def call(port: int, request: Request, callers: int, seconds: float) -> Answers:
    """Let the callers ask for some seconds, and wait for the last answer of each."""
    return uvloop.run(_call(port, request, callers, seconds))


async def _call(port: int, request: Request, callers: int, seconds: float) -> Answers:
    answers, bodies, begun = Answers(), iter(request.bodies), time.perf_counter()
    head = _head(request)
    await asyncio.gather(*(_ask(port, head, bodies, begun + seconds, answers) for _ in range(callers)))
    answers.seconds = time.perf_counter() - begun
    answers.waits.sort()
    return answers


def _head(request: Request) -> str:
    lines = [f"POST {request.path} HTTP/1.1", "Host: 127.0.0.1", *(f"{k}: {v}" for k, v in request.headers.items())]
    return "\r\n".join(lines) + "\r\nContent-Length: "


async def _ask(port: int, head: str, bodies: Iterator[str], until: float, answers: Answers) -> None:
    """Ask with the next body, again and again. A caller whose connection breaks off opens another one."""
    while time.perf_counter() < until:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                while time.perf_counter() < until:
                    body, begun = next(bodies).encode(), time.perf_counter()
                    writer.write(f"{head}{len(body)}\r\n\r\n".encode() + body)
                    status, pause = await asyncio.wait_for(_answer(reader), PATIENCE)
                    answers.statuses[status] += 1
                    if status == 200:
                        answers.waits.append(time.perf_counter() - begun)
                    else:
                        await asyncio.sleep(pause)
            finally:
                writer.close()
        except (OSError, EOFError, TimeoutError):
            answers.statuses[NO_ANSWER] += 1


async def _answer(reader: asyncio.StreamReader) -> tuple[int, float]:
    """Read a response; return its status and `Retry-After`, at least a second."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers: Mapping[str, str] = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    await reader.readexactly(int(headers.get("content-length", 0)))
    return int(first.split()[1]), max(1.0, float(headers.get("retry-after", 0)))
