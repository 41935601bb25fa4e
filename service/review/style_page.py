"""A page with every piece of the look in every state, for people who build pages. It exists where the demo does."""

import re
from datetime import timedelta
from pathlib import Path

from flask import Blueprint, current_app, render_template

from comments.errors import Problem
from service.accounts import sessions
from service.deps import deps
from service.web.page_elements import AVATAR_COLOURS, avatar_colour

blueprint = Blueprint("style_page", __name__, url_prefix="/review")

#: Tokens of style.css, by what they are for. The class `swatch-…` of review/styles.css shows each.
COLOURS = {
    "Text": ("text", "muted"),
    "Surfaces": ("surface", "raised", "sunk", "line", "edge"),
    "Meaning": ("accent", "good", "warn", "bad"),
    "Soft": ("accent-soft", "good-soft", "warn-soft", "bad-soft"),
}
SIZES = ("text-s", "text-m", "text-l", "text-xl")
SPACES = tuple(f"space-{n}" for n in range(1, 7))
#: A name for every colour of avatars, found by trying.
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@blueprint.get("/styles")
def styles() -> str:
    now = deps().now()
    sprite = (Path(current_app.static_folder or "") / "icons.svg").read_text()
    return render_template(
        "review/styles.html",
        signed=sessions.require_sign_in(),
        now=now,
        times=[now - timedelta(seconds=seconds) for seconds in (5, 300, 7200, 90_000, 900_000)],
        icons=re.findall(r'<symbol id="([^"]+)"', sprite),
        colours=COLOURS,
        sizes=SIZES,
        spaces=SPACES,
        avatars=sorted({avatar_colour(letter): letter for letter in LETTERS}.values())[:AVATAR_COLOURS],
        problems=[
            Problem("wrong", "format", "must be an email address"),
            Problem("wrong_text", "short", "is required"),
        ],
    )
