"""Turn the HTML of other programs into the Markdown that comments here have.

Readers see the same text, emphasis, links, quotes, lists and code. Markup that comments here cannot have goes, and its
text stays; scripts and styles go with their text. An image becomes a link to it.
"""

import re
from collections.abc import Sequence
from html.parser import HTMLParser

from comments.validation import LENGTHS

from .markdown_escapes import escaped, escaped_start

#: Elements whose text is not for readers.
_SILENT = frozenset({"script", "style", "template", "noscript", "head", "title", "textarea", "select", "object"})
#: Elements that stand alone in their own lines.
_BLOCKS = frozenset(
    {"p", "div", "section", "article", "header", "footer", "address", "figure", "figcaption", "table", "tr", "dl", "dt",
     "dd", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "form", "fieldset", "details", "summary", "center"}
)  # fmt: skip
_EMPHASIS = {"em": "*", "i": "*", "cite": "*", "strong": "**", "b": "**", "h1": "**", "h2": "**", "h3": "**"}
#: Levels of quotes and lists that are kept. Deeper ones join the last.
MAX_NESTING = 8

_SPACES = re.compile(r"[ \t\r\n\f]+")
_LINE_SPACES = re.compile(r"[ \t\r\f]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_FENCE = re.compile(r"`{3,}")


def markdown_of(html: str, keeps_lines: bool) -> str:
    """Return the Markdown that reads like `html`. `keeps_lines`: a line end in the text is a line break."""
    reader = _Reader(keeps_lines)
    reader.feed(html)
    reader.close()
    return reader.result()


class _Reader(HTMLParser):
    """Collects Markdown line by line. `_frames` are the open quotes and lists, each with the start of its lines."""

    def __init__(self, keeps_lines: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._keeps_lines = keeps_lines
        self._lines: list[str] = []
        self._line: list[str] = []
        self._frames: list[tuple[str, str]] = []  # tag, start of further lines
        self._marker = ""  # of the list item that begins
        self._numbers: list[int] = []
        self._silent = 0
        self._pre: list[str] | None = None
        self._links: list[tuple[str, int]] = []  # address, position in the line at which its text begins
        self._open: list[tuple[str, str, int]] = []  # tag, mark, position

    def result(self) -> str:
        if self._pre is not None:
            self._end_code_block()
        self._end_line()
        text = "\n".join(self._lines)
        return _BLANK_LINES.sub("\n\n", text).strip("\n")

    def handle_starttag(self, tag: str, attributes: Sequence[tuple[str, str | None]]) -> None:
        if tag in _SILENT or self._silent:
            self._silent += tag in _SILENT
            return
        if self._pre is not None:
            self._pre += ["\n"] * (tag == "br")
            return
        found = {name: value or "" for name, value in attributes}
        if tag == "br":
            self._end_line()
        elif tag == "pre":
            self._start_block()
            self._pre = []
        elif tag in ("blockquote", "ul", "ol", "li"):
            self._start_frame(tag)
        elif tag == "img":
            self._add_image(found)
        elif tag == "a":
            self._links.append((_web_address(found.get("href", "")), len(self._line)))
        else:
            if tag in _BLOCKS:
                self._start_block()
            if tag in _EMPHASIS or tag == "code":
                self._open.append((tag, _EMPHASIS.get(tag, "`"), len(self._line)))

    def handle_startendtag(self, tag: str, attributes: Sequence[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in ("br", "img", "hr"):
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            self._silent -= tag in _SILENT
        elif tag == "pre" and self._pre is not None:
            self._end_code_block()
        elif self._pre is not None:
            return
        elif tag in ("blockquote", "ul", "ol", "li"):
            self._end_frame(tag)
        elif tag == "a" and self._links:
            self._end_link(*self._links.pop())
        else:
            if self._open and self._open[-1][0] == tag:
                self._end_mark(*self._open.pop())
            if tag in _BLOCKS:
                self._start_block()

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._pre is not None:
            self._pre.append(data)
            return
        if self._frames and self._frames[-1][0] in ("ul", "ol") and not data.strip():
            return
        if not self._keeps_lines:
            self._add_text(_SPACES.sub(" ", data))
            return
        first, *others = _LINE_SPACES.sub(" ", data).split("\n")
        self._add_text(first)
        for line in others:
            self._end_line(keep_blank=True)
            self._add_text(line)

    def _add_text(self, text: str) -> None:
        if not any(self._line):
            text = text.lstrip(" ")
        if text:
            self._line.append(text if self._in_code else escaped(text))

    @property
    def _in_code(self) -> bool:
        return any(tag == "code" for tag, _, _ in self._open)

    def _end_line(self, keep_blank: bool = False) -> None:
        for tag, mark, at in reversed(self._open):  # marks do not reach over lines
            self._end_mark(tag, mark, at)
        self._open = [(tag, mark, 0) for tag, mark, _ in self._open]
        for address, at in reversed(self._links):
            self._end_link(address, at)
        self._links = [(address, 0) for address, _ in self._links]
        text = "".join(self._line).strip(" ")
        self._line = []
        if text or keep_blank:
            self._push(escaped_start(text))

    def _push(self, text: str) -> None:
        starts = [start for _, start in self._frames]
        if self._marker:
            starts[-1], self._marker = self._marker, ""
        self._lines.append(f"{''.join(starts)}{text}".rstrip(" "))

    def _start_block(self) -> None:
        self._end_line()
        if self._lines and not self._marker and self._lines[-1].strip("> "):
            self._push("")

    def _start_frame(self, tag: str) -> None:
        if tag == "li":
            self._end_line()
            ordered = bool(self._frames) and self._frames[-1][0] == "ol"
            if ordered:
                self._numbers[-1] += 1
            self._marker = f"{self._numbers[-1]}. " if ordered else "- "
            self._frames.append(("li", " " * len(self._marker)))
            return
        in_item = bool(self._frames) and self._frames[-1][0] == "li"
        self._end_line() if in_item and tag != "blockquote" else self._start_block()
        if tag == "ol":
            self._numbers.append(0)
        kept = sum(1 for _, start in self._frames if start) < MAX_NESTING
        self._frames.append((tag, "> " if tag == "blockquote" and kept else ""))

    def _end_frame(self, tag: str) -> None:
        if not any(name == tag for name, _ in self._frames):
            return
        self._end_line()
        self._marker = ""
        while tag == "blockquote" and self._lines and not self._lines[-1].strip("> "):
            self._lines.pop()
        while self._frames.pop()[0] != tag:
            pass
        if tag == "ol":
            self._numbers.pop()
        if tag != "li" and self._lines and not any(name == "li" for name, _ in self._frames):
            self._push("")

    def _end_mark(self, tag: str, mark: str, at: int) -> None:
        text = "".join(self._line[at:])
        inner = text.strip(" ")
        if tag == "code":
            runs = max((len(run) for run in re.findall("`+", inner)), default=0)
            mark = "`" * (runs + 1)
            inner = f" {inner} " if inner[:1] == "`" or inner[-1:] == "`" else inner
        if not inner.strip(" "):
            return
        leading, trailing = text[: len(text) - len(text.lstrip(" "))], text[len(text.rstrip(" ")) :]
        self._line[at:] = [f"{leading}{mark}{inner}{mark}{trailing}"]

    def _end_link(self, address: str, at: int) -> None:
        text = "".join(self._line[at:])
        inner = text.strip(" ")
        if not address:
            return
        if not inner or inner in (address, address.removeprefix("https://"), address.removeprefix("http://")):
            self._line[at:] = [address if inner.startswith("http") or not inner else text]
            return
        target = address.replace("(", "%28").replace(")", "%29").replace("\\", "%5C")
        self._line[at:] = [f"[{inner.replace(']', chr(92) + ']').replace('[', chr(92) + '[')}]({target})"]

    def _add_image(self, attributes: dict[str, str]) -> None:
        address, text = _web_address(attributes.get("src", "")), attributes.get("alt", "").strip()
        if address:
            self._links.append((address, len(self._line)))
            self._add_text(_SPACES.sub(" ", text) or "image")
            self._end_link(*self._links.pop())

    def _end_code_block(self) -> None:
        text = "".join(self._pre or []).replace("\r\n", "\n").strip("\n")
        self._pre = None
        if not text.strip():
            return
        fence = "`" * max(3, *(len(run) + 1 for run in _FENCE.findall(text)), 3)
        for line in (fence, *text.split("\n"), fence):
            self._push(line)
        self._push("")


def _web_address(address: str) -> str:
    """Return an address that readers may follow; "" for any other, such as one that runs a script."""
    address = address.strip()
    is_plain = address.lower().startswith(("http://", "https://", "mailto:")) and not re.search(r"[\s<>\"`]", address)
    return address if is_plain and len(address) <= 8 * LENGTHS["url"] else ""
