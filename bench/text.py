"""Random English-like text of a given length. The same seed gives the same text."""

import random

PROSE = """
the a and of to in that it was for on with as this but they from have not by which one all there when what their
reader article point argument second paragraph garden winter bicycle repair bridge city council budget library
school teacher question answer history music film camera kitchen recipe bread coffee morning train station late
thought agree wonder remember found changed wrote liked missed explained helped tried seems might could would very
quite rather perhaps always often never again still because although however thanks interesting careful honest
"""
WORDS = tuple(PROSE.split())


def sentence(rng: random.Random, characters: int) -> str:
    """Return a text of exactly `characters` characters."""
    words: list[str] = []
    while sum(map(len, words)) + len(words) < characters + 12:
        words.append(rng.choice(WORDS))
    text = " ".join(words)[: characters - 1].rstrip()
    return (text.capitalize() + "." + "." * characters)[:characters]
