"""Calls for programs that keep their comments themselves, with the site's key: check, read a check, teach."""

import secrets
from functools import partial
from typing import Literal

from .answers import CheckResult
from .calls import Call, given, nothing, path_part
from .decoding import decode_answer, part_of

CheckLabel = Literal["spam", "ham"]


def check(
    *,
    content: str = "",
    author: str = "",
    email: str = "",
    url: str = "",
    ip: str = "",
    user_agent: str = "",
    referrer: str = "",
    thread: str = "",
    parent: str = "",
    user: str = "",
    role: Literal["", "staff"] = "",
    language: str = "",
    sent: str = "",
    trap: str = "",
    form_seconds: int | None = None,
    counts: bool = False,
    wait: float = 3,
    idempotency_key: str = "",
) -> Call[CheckResult]:
    """Check a comment that your own program keeps. Its status is `waiting` without a verdict in `wait` seconds.

    The Idempotency-Key is made once and sent with every attempt, so that a comment is checked and counted once.
    """
    body = given(
        content=content, author=author, email=email, url=url, ip=ip, user_agent=user_agent, referrer=referrer,
        thread=thread, parent=parent, user=user, role=role, language=language, sent=sent, trap=trap,
        form_seconds=form_seconds, counts=counts or None,
    )  # fmt: skip
    seconds = min(10, max(0, round(wait)))
    headers = {"Idempotency-Key": idempotency_key or secrets.token_urlsafe(24), "Prefer": f"wait={seconds}"}
    return Call("POST", "checks", partial(decode_answer, CheckResult), body=body, headers=headers, seconds=seconds)


def read_check(id: str) -> Call[CheckResult]:
    """Get a check again, for example to learn a late verdict."""
    return Call("GET", f"checks/{path_part(id)}", partial(decode_answer, CheckResult))


def teach_check(id: str, label: CheckLabel) -> Call[str]:
    """Teach the filters from a check. A repeat changes nothing, and the other label replaces this one."""
    return Call("POST", f"checks/{path_part(id)}/feedback", part_of("label", str), body={"label": label})


def forget_check_feedback(id: str) -> Call[None]:
    """Take back what was taught from a check."""
    return Call("DELETE", f"checks/{path_part(id)}/feedback", nothing)
