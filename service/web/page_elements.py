"""Values that the shared template macros compute: initials and colours of avatars, and relative times."""

import zlib
from datetime import datetime, timedelta

from flask import Flask

from comments.author_rules import PAST_TENSE

#: Number of `avatar-…` classes in style.css.
AVATAR_COLOURS = 8


def register_page_elements(app: Flask) -> None:
    app.jinja_env.filters["initials"] = initials
    app.jinja_env.filters["avatar_colour"] = avatar_colour
    app.jinja_env.filters["past_tense"] = PAST_TENSE.get  # of the effect of a rule
    app.jinja_env.globals["relative_time"] = relative_time


def initials(name: str) -> str:
    """Up to two capital letters: of the first and the last word, or "?" for a name without letters or digits."""
    words = ["".join(c for c in word if c.isalnum()) for word in name.split()]
    first = [word[0].upper() for word in words if word]
    return "".join(first[:1] + first[1:][-1:]) or "?"


def avatar_colour(name: str) -> int:
    """A number from 1 to `AVATAR_COLOURS`, always the same for a name."""
    return zlib.crc32(name.encode()) % AVATAR_COLOURS + 1


def relative_time(then: datetime, now: datetime) -> str:
    """A time for people, such as "5 min ago"; pages show the exact one as a tooltip."""
    minutes = int((now - then) / timedelta(minutes=1))
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min ago"
    if minutes < 24 * 60:
        return f"{minutes // 60} h ago"
    days = minutes // (24 * 60)
    return "yesterday" if days == 1 else f"{days} days ago"
