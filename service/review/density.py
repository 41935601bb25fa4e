"""Density of the queue: chosen by a link, and remembered by the browser."""

from typing import Literal, get_args

from flask import Response, after_this_request, request, url_for

from service.deps import deps

Density = Literal["", "comfortable", "compact"]

COOKIE = "density"
#: One year.
DENSITY_SECONDS = 365 * 24 * 3600


def chosen_density(wanted: Density) -> str:
    """Return the density that the address names, which is then remembered, or else the remembered one."""
    if wanted:
        after_this_request(lambda response: _remember(response, wanted))
        return wanted
    kept = request.cookies.get(COOKIE, "")
    return kept if kept in get_args(Density) and kept else "comfortable"


def _remember(response: Response, density: str) -> Response:
    """Set the cookie. It is no secret, and the script of the page changes it too."""
    response.set_cookie(
        COOKIE,
        density,
        DENSITY_SECONDS,
        path=url_for("queue_pages.home"),
        secure=deps().settings.secure,
        samesite="Lax",
    )
    return response
