"""What the web process remembers of its answers: the last state of each."""

from service.web.response_cache import Rendered, RenderedPages


def test_an_answer_is_rendered_once_a_version() -> None:
    pages, rendered = RenderedPages(), []

    def render() -> Rendered:
        rendered.append(etag)
        return Rendered(etag.encode())

    for etag in ("1", "1", "2", "2", "1"):
        assert pages.get("a page", etag, render).body == etag.encode()
    assert rendered == ["1", "2", "1"]
