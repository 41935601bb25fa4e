"""Headers that every answer carries."""

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
}
#: One year, the least that browsers' preload lists take.
STRICT_TRANSPORT = "max-age=31536000"


def install(app: Flask, settings: Settings) -> None:
    headers = ALWAYS | ({"Strict-Transport-Security": STRICT_TRANSPORT} if settings.secure else {})

    @app.after_request
    def secure(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
