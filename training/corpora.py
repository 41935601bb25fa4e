"""The labelled corpora: content, licence, and permission to train shipped weights on them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from comments.model import Comment

from .generate import Example

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Corpus:
    """A file of comments. `licence` is "" if none is stated; only `free` corpora teach the shipped model words.

    Corpora of one `maker` have the same collector or the same site, so none of them is tested with a model that saw
    another. `most` limits the rows of one label, so that no corpus outweighs the others.
    """

    name: str
    what: str
    licence: str
    free: bool = False
    maker: str = ""  # "" for the name
    folder: str = "labelled"
    honest: tuple[str, ...] = ("ham",)  # labels that are not advertising
    most: int = 2000

    @property
    def group(self) -> str:
        return self.maker or self.name

    @property
    def is_page(self) -> bool:
        """True for comments below articles: blogs and newspapers."""
        return self.name.startswith(("blog_", "news_"))


_V2, _TOXIC = "v2/labelled", "v2/toxic"

CORPORA = (
    Corpus("yt_psy", "comments below a music video", "CC BY 4.0 (UCI)", True, "tubespam"),
    Corpus("yt_katyperry", "comments below a music video", "CC BY 4.0 (UCI)", True, "tubespam"),
    Corpus("yt_lmfao", "comments below a music video", "CC BY 4.0 (UCI)", True, "tubespam"),
    Corpus("tg_umputun", "messages of a chat group, Russian and English", "MIT", True, "umputun"),
    Corpus("tg_ru_parish", "messages of a Russian chat group", "MIT", True, folder=_V2),
    Corpus("blog_mademistakes", "replies on a design blog", "MIT", True),
    Corpus(
        "tox_civil_spans", "newspaper comments that are rude, not advertising", "CC0 1.0", True, "", _TOXIC, ("toxic",)
    ),
    Corpus(
        "tox_cold_zh",
        "Chinese social media, no advertising",
        "Apache-2.0",
        True,
        "",
        _TOXIC,
        ("toxic", "clean"),
        1000,
    ),
    Corpus("yt14_avengers", "comments below a film trailer", "", maker="tubespam"),
    Corpus("yt14_playstation", "comments below a film about games", "", maker="tubespam"),
    Corpus("blog_tosbourn", "replies on a developer's blog", "", maker="tosbourn"),
    Corpus("blogspam_spintax_a", "praise that a spammer's template makes", "", maker="tosbourn"),
    Corpus("yt_judol_a", "Indonesian video comments, gambling", "", maker="judol"),
    Corpus("yt_judol_b", "Indonesian video comments, gambling", "", maker="judol"),
    Corpus("news_c3_a", "newspaper readers' comments", "CC BY-NC-SA 4.0", most=4000),
    Corpus("blog_azngeek", "German blog on programming", "", folder=_V2),
    Corpus("blog_compilando", "Brazilian blog on programming", "", folder=_V2),
    Corpus("blog_donthorp", "personal blog on food and gadgets", "", folder=_V2),
    Corpus("blog_dottorblaster", "Italian blog on Linux", "", folder=_V2),
    Corpus("blog_emcken", "blog on Linux", "", folder=_V2),
    Corpus("blog_frouin", "French blog", "", folder=_V2),
    Corpus("blog_haacked", "developer's blog", "", folder=_V2),
    Corpus("blog_lemire", "blog on computer science", "", folder=_V2),
    Corpus("blog_liedman", "Swedish developer's blog", "", folder=_V2),
    Corpus("blog_oneplus", "Chinese student's blog", "", folder=_V2),
    Corpus("blog_ploeh", "blog on software design", "", folder=_V2),
    Corpus("blog_room303", "Polish personal blog", "", folder=_V2),
    Corpus("blog_simpleton", "developer's blog that spammers took over", "", folder=_V2, most=800),
    Corpus("blog_sourceguru", "blog on Linux", "", folder=_V2),
    Corpus("blog_spinningnumbers", "lessons on electronics", "", folder=_V2),
    Corpus("blog_zhlwish", "Chinese developer's blog", "", folder=_V2),
    Corpus("blogspam_dbprogrammer", "spam on a blog on databases", "", folder=_V2),
    Corpus("contactform_spam", "spam through contact forms", "", folder=_V2),
    Corpus("news_ko", "Korean newspaper readers' comments", "CC BY-SA 4.0", folder=_V2),
    Corpus("tg_radiot", "messages of a chat group, Russian", "", maker="umputun", folder=_V2),
)
CORPUS = {corpus.name: corpus for corpus in CORPORA}
FREE = tuple(corpus.name for corpus in CORPORA if corpus.free)
#: Comments of places that advertisers visit. The others are honest texts that teach words only.
PLACES = tuple(corpus.name for corpus in CORPORA if corpus.folder != _TOXIC)


def path(folder: Path, corpus: Corpus) -> Path:
    """Return the path of a corpus in the data folder."""
    return folder / corpus.folder / f"{corpus.name}.jsonl"


def read(folder: Path, corpus: Corpus) -> list[Example]:
    """Read the comments of a corpus, at most `most` of each label, in the order of the file."""
    lines = path(folder, corpus).read_text(encoding="utf-8").split("\n")
    rows = [json.loads(line) for line in lines if line]
    spam = [row for row in rows if row["label"] == "spam"]
    honest = [row for row in rows if row["label"] in corpus.honest]
    kept = {id(row) for some in (spam, honest) for row in sorted(some, key=_drawn)[: corpus.most]}
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
        if id(row) in kept
    ]


def _drawn(row: Mapping[str, Any]) -> bytes:
    """Return a key that puts rows into a random order, always the same."""
    return hashlib.sha256(str(row["id"]).encode()).digest()


def digest(*contents: bytes) -> str:
    """Return the SHA-256 over several contents, each with its length."""
    whole = hashlib.sha256()
    for content in contents:
        whole.update(len(content).to_bytes(8, "big") + content)
    return whole.hexdigest()


def comment(example: Example) -> Comment:
    """Return the example as a submitted comment."""
    return Comment("", "", "", EPOCH, author=example.author, url=example.url, content=example.text)
