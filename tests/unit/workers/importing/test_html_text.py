"""HTML of other programs becomes Markdown that readers see in the same way."""

import re
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.markdown import html
from workers.importing.html_text import markdown_of


@pytest.mark.parametrize(
    ("given_html", "expected"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("One<br>Two<br />Three", "One\nTwo\nThree"),
        ("<b>bold</b> and <i>it</i>", "**bold** and *it*"),
        ("<p>2 * 3 * 4 and snake_case and _x_</p>", r"2 \* 3 \* 4 and snake_case and \_x\_"),
        ('<a href="https://a.example/x_y_z">text</a>', "[text](https://a.example/x_y_z)"),
        ('<a href="https://a.example/">https://a.example/</a>', "https://a.example/"),
        ('<a href="javascript:alert(1)">click</a>', "click"),
        ('<img src="https://a.example/p.png" alt="a pier">', "[a pier](https://a.example/p.png)"),
        ('<img src="x" onerror="alert(1)">', ""),
        ("<script>alert(1)</script>after", "after"),
        ("<ul>\n<li>one</li>\n<li>two</li>\n</ul>", "- one\n- two"),
        ("<ol><li>one</li><li>two</li></ol>", "1. one\n2. two"),
        ("<blockquote><p>said</p></blockquote><p>answer</p>", "> said\n\nanswer"),
        ("<pre><code>a *b*\n  c</code></pre>", "```\na *b*\n  c\n```"),
        ("<code>a `b` c</code>", "``a `b` c``"),
        ("&lt;b&gt; &amp;amp; &#8217;", "<b> &amp; \u2019"),
        ("1. not a list", r"1\. not a list"),
        ("- not a list", r"\- not a list"),
        ("&gt; not a quote", r"\> not a quote"),
        ("<p>unclosed <b>bold", "unclosed **bold**"),
        ("</p></b></a></ul>text", "text"),
    ],
)
def test_html_becomes_markdown(given_html: str, expected: str) -> None:
    assert markdown_of(given_html, keeps_lines=False) == expected


def test_line_ends_of_wordpress_are_line_breaks() -> None:
    text = "First line\nsecond <strong>line</strong>\n\nNew paragraph"
    assert markdown_of(text, keeps_lines=True) == "First line\nsecond **line**\n\nNew paragraph"


def shown(markdown: str) -> list[str]:
    """Return the words that readers see."""
    text = re.sub(r"<[^>]*>", " ", html(markdown))
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&nbsp;", "\xa0"), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text.split()


PLAIN = st.text(st.sampled_from("ab1 *_`[]()<>#+-.!\\~|&;:=>\n"), max_size=40)


@given(PLAIN)
def test_readers_see_exactly_the_text_of_a_paragraph(text: str) -> None:
    seen = "".join(shown(markdown_of(f"<p>x{escape(text)}x</p>", keeps_lines=False)))
    assert seen == "".join(f"x{text}x".split())


@given(st.text(st.sampled_from('<>/="apbiluolcode pre*_ \n`&;'), max_size=200))
def test_any_html_gives_safe_markdown(text: str) -> None:
    rendered = html(markdown_of(text, keeps_lines=True))
    assert "<script" not in rendered
