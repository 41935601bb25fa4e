"""Comments in the words of people: sentences of the demo's and the tests' comments, put together anew."""

import json
import random
import re
from functools import cache
from pathlib import Path

from replygate.commands.demo_story import STORY

PROBES = Path(__file__).parents[1] / "tests/unit/workers/learning/modern_probes.jsonl"
#: Share of comments that are spam, and the most sentences in one.
SPAM, MOST_SENTENCES = 0.2, 5


@cache
def _sentences() -> tuple[list[str], list[str]]:
    """Return honest sentences and spam ones."""
    rows = [json.loads(line) for line in PROBES.read_text().splitlines()]
    honest = [post.text for post in STORY] + [row["text"] for row in rows if row["label"] == "ham"]
    spam = [row["text"] for row in rows if row["label"] == "spam"]
    return _split(honest), _split(spam)


def _split(texts: list[str]) -> list[str]:
    return [part for text in texts for part in re.split(r"(?<=[.!?])\s+", text) if len(part) > 20]


def real_text(rng: random.Random) -> str:
    """Return a text of one to five sentences; about 220 characters. Two are hardly ever the same."""
    honest, spam = _sentences()
    pool = spam if rng.random() < SPAM else honest
    return f"{' '.join(rng.sample(pool, rng.randint(1, MOST_SENTENCES)))} {rng.randint(0, 10**6)}"
