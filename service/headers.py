"""Headers that every answer carries, unless its view knows better."""

from flask import Flask, Response

from comments.settings import Settings

#: Everything comes from us, and nothing is inline; `frame-ancestors` keeps buttons from being clicked blindly.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",  # what may be cached says so in its view
}
#: One year, the least that browsers' preload lists take.
STRICT_TRANSPORT = "max-age=31536000"


def install(app: Flask, settings: Settings) -> None:
    wanted = ALWAYS | ({"Strict-Transport-Security": STRICT_TRANSPORT} if settings.secure else {})
    headers = [(name, name.lower(), value) for name, value in wanted.items()]

    @app.after_request
    def secure(response: Response) -> Response:
        """Add what the view did not set. `setdefault` would look through all headers for each."""
        given = {name.lower() for name in response.headers.keys()}  # noqa: SIM118 -- iterating gives pairs
        for name, lowered, value in headers:
            if lowered not in given:
                response.headers.add(name, value)
        return response
