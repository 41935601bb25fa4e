"""The widget's file: how large it is, what it needs, and what is published about it."""

import gzip
import re
from base64 import b64encode
from hashlib import sha384
from pathlib import Path

import pytest

from service.widget import FILE, script

ROOT = Path(__file__).parents[3]
SOURCE = FILE.read_text()
TABLE = re.search(r"const WORDS = (\{.*?\n  \});", SOURCE, re.DOTALL)


def test_it_is_small() -> None:
    assert len(gzip.compress(FILE.read_bytes(), 9)) < 15_000


def test_its_hash_is_what_browsers_compute_and_the_docs_say() -> None:
    digest = sha384(FILE.read_bytes())
    integrity = f"sha384-{b64encode(digest.digest()).decode()}"
    found = script(FILE.read_bytes())
    assert (found.integrity, found.name) == (integrity, digest.hexdigest()[:16])
    said = (ROOT / "docs/widget.md").read_text()
    assert f'integrity="{integrity}"' in said, f"docs/widget.md has to say {integrity}"
    assert f"/widget-{found.name}.js" in said, f"docs/widget.md has to say widget-{found.name}.js"


def test_what_is_sent_packed_is_the_file() -> None:
    assert gzip.decompress(script(b"text").packed) == b"text"


@pytest.mark.parametrize(
    "forbidden",
    [
        r"\.cookie\b",
        r"\beval\(",
        r"\bnew Function\b",
        r"insertAdjacentHTML",
        r"outerHTML",
        r"document\.write",
        r"\.style\b",
    ],
)
def test_it_does_without(forbidden: str) -> None:
    assert not re.search(forbidden, SOURCE)


def test_html_is_parsed_in_one_place_only() -> None:
    assert SOURCE.count("innerHTML") == 1
    assert "template.innerHTML =" in SOURCE


def test_it_needs_nobody_else() -> None:
    assert not re.search(r"^\s*import\b|\bimport\(|\brequire\(", SOURCE, re.MULTILINE)
    assert re.findall(r"https?://\w[\w.-]*", SOURCE) == []


def test_every_language_has_every_word() -> None:
    assert TABLE
    languages = re.findall(r"^    (\w\w): \{(.*?)^    \},", TABLE[1], re.DOTALL | re.MULTILINE)
    words = {
        lang: set(re.findall(r"(?:^|[,{]|\s)(\w+):(?= [\"{])", text)) - {"one", "other"} for lang, text in languages
    }
    assert list(words) == ["en", "de", "fr", "es"]
    assert [lang for lang, found in words.items() if found != words["en"]] == []
    assert len(words["en"]) > 25


def test_every_word_is_used() -> None:
    assert TABLE
    rest = SOURCE.replace(TABLE[0], "")
    words = set(re.findall(r"(\w+):(?= [\"{])", TABLE[1].split("\n    de:")[0])) - {"en", "one", "other"}
    assert [word for word in sorted(words) if f'"{word}"' not in rest] == []
