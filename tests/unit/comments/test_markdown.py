"""Markdown: the supported syntax, and safe output for everything else."""

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.markdown import ALLOWED_ATTRIBUTES, ALLOWED_TAGS, HREF, REL, html


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("*a* _b_ **c** `d <e>`", "<p><em>a</em> <em>b</em> <strong>c</strong> <code>d &lt;e&gt;</code></p>"),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>'),
        ("```js\na < b\n```", "<pre><code>a &lt; b\n</code></pre>"),
        ("[a](https://b.example/?c=d&e)", f'<p><a href="https://b.example/?c=d&amp;e" rel="{REL}">a</a></p>'),
        ("[a]: https://b.example", f'<p>[a]: <a href="https://b.example" rel="{REL}">https://b.example</a></p>'),
        ("<mailto:ada@example.org>", f'<p><a href="mailto:ada@example.org" rel="{REL}">mailto:ada@example.org</a></p>'),
    ],
)
def test_the_subset(written: str, shown: str) -> None:
    assert html(written).strip() == shown


@pytest.mark.parametrize(
    "written",
    [
        "# heading",
        "a\n===",
        "---",
        "<b>bold</b>",
        "<!-- note -->",
        "&lt;b&gt; &copy;",
        "[a]: /b",
        "a < b",
    ],
)
def test_unsupported_syntax_stays_text(written: str) -> None:
    tree = html5lib.parseFragment(html(written), namespaceHTMLElements=False)
    assert "".join(tree.itertext()).split() == written.split()
    assert {node.tag for node in tree.iter()} <= {"DOCUMENT_FRAGMENT", "p", "br"}


def test_images_are_not_fetched() -> None:
    assert "<img" not in html("![a](https://tracker.example/x.gif)")


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example",
        "/review",
        "x",
        "#x",
        "?x",
        "https:/evil",
        "https:evil.example",
        "http://a\\b",
        "file:///etc/passwd",
    ],
)
def test_links_lead_only_to_whole_web_and_mail_addresses(address: str) -> None:
    for written in (f"[a]({address})", f"[a](<{address}>)", f"<{address}>", f"[a]({address} 'title')"):
        assert "href" not in html(written)


def test_titles_are_dropped() -> None:
    assert "title" not in html('[a](https://b.example "hidden words")')


@given(st.text(st.characters(codec="utf-8"), max_size=200) | st.text("*_`[]()<>!#-1. \n\\&\"'xhtps:/", max_size=200))
def test_only_the_allow_list_gets_through(written: str) -> None:
    tree = html5lib.parseFragment(html(written), namespaceHTMLElements=False)
    for node in tree.iter():
        assert node.tag in ALLOWED_TAGS | {"DOCUMENT_FRAGMENT"}
        for name, value in node.attrib.items():
            assert name in ALLOWED_ATTRIBUTES.get(node.tag, set()) | {"rel"}
            assert name != "href" or HREF.fullmatch(value)


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ("a [](https://x.example) b", "<p>a  b</p>\n"),
        ("[https://example.com/_a_](https://evil.example/)", "https://example.com/_a_ (evil.example)</a>"),
        (
            "[**https://example.com/**](https://evil.example/)",
            "<strong>https://example.com/</strong> (evil.example)</a>",
        ),
        ("[www.example.com](https://example.com)", ">www.example.com</a>"),
        ("[an essay](https://example.com)", ">an essay</a>"),
        ("[`code`](https://x.example)", "<code>code</code></a>"),
    ],
)
def test_a_link_has_text_and_names_its_own_host(content: str, shown: str) -> None:
    assert shown in html(content)


PIECES = (
    *"aZé9日ßٱ¿。 ,!",
    "well-known",
    "3.5 %",
    "$9",
    "(so)",
    '"yes"',
    "\u2019s",
    "…",
    "a@b",
    "and/or",
    "1)",
    "- ",
    "+",
)
LINE = st.lists(st.sampled_from(PIECES), max_size=9).map(lambda pieces: ("A" + "".join(pieces)).strip())


@given(st.lists(LINE, min_size=1, max_size=6), st.sampled_from(["\n", "\n\n", "\n\n\n"]))
def test_text_without_markdown_is_shown_as_beside_markdown(lines: list[str], line_end: str) -> None:
    """Text without Markdown is not parsed. With a paragraph that has some, all of it is."""
    text = line_end.join(lines)
    assert html(f"{text}\n\n*So* it is.") == html(text) + "<p><em>So</em> it is.</p>\n"
