"""Tokens of a lesson that recognize copies of its text. They are counted with the lesson, and no model reads them.

The counts of a token are the people's decisions about texts that have it: exactly undone, and rebuilt from histories.
"""

import zlib
from collections.abc import Iterator, Set
from functools import cached_property, lru_cache
from hashlib import blake2b

from comments.model import Comment
from workers.text.links import links
from workers.text.tokens import ENOUGH_LETTERS, bands, fingerprint

from .brand_names import brand_names
from .site_model import tokens

#: First signs of the tokens of the same and of similar texts, and of names.
SAME, SIMILAR, BRAND = "=", "~", "!"


@lru_cache(maxsize=256)
def copy_tokens(comment: Comment) -> tuple[str, ...]:
    """Return one token for the same text and three for similar ones, none of them for a very short text; and names.

    The same short text means something else with another website, so that its host is part of the token.
    """
    names = [BRAND + name for name in brand_names(comment.content)]
    of_text = fingerprint(comment.content)
    if not of_text:
        return tuple(names)
    hosts = [link.host for link in links(comment.url)] if len(of_text) < ENOUGH_LETTERS else []
    named = blake2b(" ".join((of_text, *hosts)).encode("utf-8", "replace"), digest_size=8).hexdigest()
    similar = [f"{SIMILAR}{n}{zlib.crc32(band.encode()):08x}" for n, band in enumerate(bands(comment.content))]
    return (f"{SAME}{named}", *([] if hosts else similar), *names)


def lesson_tokens(comment: Comment) -> frozenset[str]:
    """Return the tokens that a lesson about the comment counts: those of the site's model, and those of copies.

    A comment whose text was deleted has kept them.
    """
    if not comment.has_text:
        return frozenset(comment.kept_tokens)
    return tokens(comment) | frozenset(copy_tokens(comment))


class LessonTokens(Set[str]):
    """The tokens of `lesson_tokens`, made when they are first read: a site without lessons does not look them up."""

    def __init__(self, comment: Comment) -> None:
        self._comment = comment

    @cached_property
    def _tokens(self) -> frozenset[str]:
        return lesson_tokens(self._comment)

    def __iter__(self) -> Iterator[str]:
        return iter(self._tokens)

    def __contains__(self, token: object) -> bool:
        return token in self._tokens

    def __len__(self) -> int:
        return len(self._tokens)
