"""What the web process remembers of its answers: the last state of each, and never too many bytes."""

from service.rendered import LARGEST, OVERHEAD, Rendered, RenderedPages


class Counting:
    """Renders a body of some size, and counts how often."""

    def __init__(self, size: int = 10) -> None:
        self.size, self.times = size, 0

    def __call__(self) -> Rendered:
        self.times += 1
        return Rendered(b"x" * self.size)


def test_an_answer_is_rendered_once_a_version() -> None:
    pages, render = RenderedPages(), Counting()
    for etag in ("1", "1", "2", "2", "1"):
        pages.get("a page", etag, render)
    assert render.times == 3


def test_only_the_last_version_is_remembered() -> None:
    pages = RenderedPages()
    for n in range(100):
        pages.get("a page", str(n), Counting())
    assert pages.bytes == 10 + OVERHEAD


def test_what_was_not_asked_for_longest_is_dropped() -> None:
    pages, renders = RenderedPages(2 * (10 + OVERHEAD)), {name: Counting() for name in "abc"}
    for name in "abaca":
        pages.get(name, "1", renders[name])
    assert {name: render.times for name, render in renders.items()} == {"a": 1, "b": 1, "c": 1}
    pages.get("b", "1", renders["b"])
    assert renders["b"].times == 2
    assert pages.bytes <= 2 * (10 + OVERHEAD)


def test_a_huge_answer_pushes_nothing_out() -> None:
    pages, huge = RenderedPages(), Counting(LARGEST + 1)
    for _ in range(2):
        assert len(pages.get("huge", "1", huge).body) == LARGEST + 1
    assert (huge.times, pages.bytes) == (2, 0)
