"""The path below which the service is public becomes the root of the application."""

import pytest

from service.web.public_path import PublicPath


@pytest.mark.parametrize(
    ("requested", "inside"),
    [
        ("/replies/review", "/review"),  # passed on by the proxy
        ("/review", "/review"),  # taken away by the proxy, or asked inside the container
        ("/replies", ""),
        ("/replies/", "/"),
        ("/repliesreview", "/repliesreview"),
        ("/replies/replies/x", "/replies/x"),
    ],
)
def test_the_path_is_taken_away_once(requested: str, inside: str) -> None:
    seen = []
    PublicPath(lambda environ, start: seen.append(environ) or [], "/replies")(  # type: ignore[func-returns-value]
        {"PATH_INFO": requested, "SCRIPT_NAME": ""}, lambda *_: lambda _: None
    )
    assert [(e["SCRIPT_NAME"], e["PATH_INFO"]) for e in seen] == [("/replies", inside)]
