"""Streams of comments, as sites get them, with the log-odds of models that did not see their sources."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from comments.model import Comment

from .corpora import comment
from .fit import Array
from .generate import Example, chance

#: Source, label and number of comments of each part.
STREAMS: Mapping[str, Sequence[tuple[str, bool, int]]] = {
    "newspaper": (
        ("news_c3_a", False, 1500),
        ("yt_judol_a", True, 60),
        ("yt14_avengers", True, 40),
        ("yt14_playstation", True, 20),
        ("blogspam_spintax_a", True, 40),
    ),
    "blog": (
        ("blog_tosbourn", False, 630),
        ("blog_tosbourn", True, 16),
        ("blogspam_spintax_a", True, 119),
        ("yt14_avengers", True, 40),
        ("yt_judol_b", True, 350),
    ),
    "flood": (("yt_judol_b", False, 1000), ("yt_judol_b", True, 600)),
    "gambling": (("yt_judol_a", False, 1100), ("yt_judol_a", True, 500)),
    "trailers": (
        ("yt14_avengers", False, 160),
        ("yt14_avengers", True, 40),
        ("yt14_playstation", False, 180),
        ("yt14_playstation", True, 20),
    ),
    "linux blogs": (
        ("blog_sourceguru", False, 926),
        ("blog_sourceguru", True, 282),
        ("blog_emcken", False, 256),
        ("blog_emcken", True, 23),
    ),
    "taken over": (
        ("blog_lemire", False, 700),
        ("blog_simpleton", False, 142),
        ("blog_simpleton", True, 500),
        ("blog_haacked", True, 80),
    ),
    "russian chats": (
        ("tg_ru_parish", False, 800),
        ("tg_ru_parish", True, 250),
        ("tg_umputun", True, 200),
        ("tg_radiot", True, 130),
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One comment with the shipped model's log-odds and its label."""

    comment: Comment
    prior: float
    spam: bool


Stream = tuple[str, list[Row]]


def streams(examples: Mapping[str, Sequence[Example]], log_odds: Mapping[str, Array], seed: int) -> Iterator[Stream]:
    """Yield the name and the comments of each stream, with log-odds of models that did not see them."""
    rows = {
        name: [Row(comment(e), float(x), e.spam) for e, x in zip(examples[name], log_odds[name], strict=True)]
        for name in dict.fromkeys(source for parts in STREAMS.values() for source, _, _ in parts)
    }
    for name, parts in STREAMS.items():
        draw, chosen = chance(name, seed), []
        for source, is_spam, n in parts:
            some = [row for row in rows[source] if row.spam is is_spam]
            draw.shuffle(some)
            chosen += some[:n]
        draw.shuffle(chosen)
        yield name, chosen
