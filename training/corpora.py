"""The labelled corpora: content, licence, and permission to train shipped weights on them."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from comments.model import Comment

from .generate import Example

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Corpus:
    """A file of comments. `licence` is "" if none is stated; only `free` corpora train shipped weights."""

    name: str
    what: str
    licence: str
    free: bool = False
    honest_only: bool = False  # made for another purpose; it contains no advertising
    folder: str = "labelled"


CORPORA = (
    Corpus("yt_psy", "comments below a music video", "CC BY 4.0 (UCI)", free=True),
    Corpus("yt_katyperry", "comments below a music video", "CC BY 4.0 (UCI)", free=True),
    Corpus("yt_lmfao", "comments below a music video", "CC BY 4.0 (UCI)", free=True),
    Corpus("tg_umputun", "messages of a chat group, Russian and English", "MIT", free=True),
    Corpus("blog_mademistakes", "replies on a design blog", "MIT", free=True),
    Corpus("tox_davidson", "short posts labelled neither hate nor offence", "MIT", True, True, "toxic"),
    Corpus("yt14_avengers", "comments below a film trailer", ""),
    Corpus("yt14_playstation", "comments below a film about games", ""),
    Corpus("blog_tosbourn", "replies on a developer's blog", ""),
    Corpus("blogspam_spintax_a", "praise that a spammer's template makes", ""),
    Corpus("yt_judol_a", "Indonesian video comments, gambling", ""),
    Corpus("yt_judol_b", "Indonesian video comments, gambling", ""),
    Corpus("news_c3_a", "newspaper readers' comments", "CC BY-NC-SA 4.0"),
)
FREE = tuple(corpus.name for corpus in CORPORA if corpus.free)
#: Sources with spam. Each is tested with a model that was not trained on it.
SPAM = tuple(
    corpus.name
    for corpus in CORPORA
    if not corpus.honest_only and corpus.name not in ("blog_mademistakes", "news_c3_a")
)


def path(folder: Path, corpus: Corpus) -> Path:
    """Return the path of a corpus in the data folder."""
    return folder / corpus.folder / f"{corpus.name}.jsonl"


def read(folder: Path, corpus: Corpus) -> list[Example]:
    """Read all comments of a corpus, in the order of the file."""
    rows = [json.loads(line) for line in path(folder, corpus).read_text(encoding="utf-8").splitlines()]
    if corpus.honest_only:
        rows = [row for row in rows if row["label"] == "clean"]
    return [
        Example(
            row["text"],
            row["label"] == "spam",
            corpus.name,
            row.get("author") or "",
            row.get("url") or "",
            str(row.get("group") or row["id"]),
        )
        for row in rows
    ]


def digest(*contents: bytes) -> str:
    """Return the SHA-256 over several contents, each with its length."""
    whole = hashlib.sha256()
    for content in contents:
        whole.update(len(content).to_bytes(8, "big") + content)
    return whole.hexdigest()


def comment(example: Example) -> Comment:
    """Return the example as a submitted comment."""
    return Comment("", "", "", EPOCH, author=example.author, url=example.url, content=example.text)


def half(examples: Sequence[Example], n: int) -> list[Example]:
    """Return half n (0 or 1) of a corpus. Comments of one page or video stay together."""
    return [e for e in examples if hashlib.sha256(e.group.encode()).digest()[0] % 2 == n]
