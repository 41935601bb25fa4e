"""Training texts of the toxicity model: labelled posts, honest comments and generated sentences."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.corpora import CORPORA, Corpus, path
from training.corpora import read as read_corpus
from training.generate import TEXT, chance, honest
from training.grammar import Grammar, read
from workers.text.group_names import GROUP_NAMES

FOLDER = Path(__file__).parent
TEMPLATES = (FOLDER / "abuse.txt", FOLDER / "calm.txt")
SEED = 1
GENERATED = 16000
#: Share of the generated sentences without capitals.
CARELESS = 0.5

#: Weight of a post that is labelled offensive; the others have 1. Most were labelled for one profane word, in any
#: context. At .3 and 1 fewer of AI-Mod's attacks were separated from its other posts.
OFFENSIVE = 0.1
#: Weight of the honest texts that were generated for the prior: there are many, and they do not address a person.
MADE = 0.5

DAVIDSON = Corpus("tox_davidson", "short posts, labelled", "MIT", folder="toxic")
#: Never trained on: as training text it added nothing on unseen sources.
CIVIL = Corpus("tox_civil_spans", "news comments with marked toxic words", "CC0 1.0", folder="v2/toxic")
HATECHECK = Corpus("tox_hatecheck", "functional cases of hate speech", "CC BY 4.0", folder="v2/toxic")
AI_MOD = Corpus("tox_aimod", "trolling and other replies", "GPL-3.0", folder="toxic")
#: Names, addresses and markup of the network that the posts are from.
NETWORK = re.compile(r"\bRT\b|@\w+|https?://\S*|&#?\w+;")


@dataclass(frozen=True, slots=True)
class Group:
    """Texts of one kind, with their label and the weight of each text."""

    name: str
    texts: tuple[str, ...]
    attacks: bool
    weight: float = 1.0


def labelled(folder: Path, corpus: Corpus, half: int | None = None) -> Iterator[tuple[str, bool]]:
    """Yield each text with True if it is labelled toxic; of one half of the corpus only, if 0 or 1 is given."""
    for line in path(folder, corpus).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if half is None or hashlib.sha256(row["id"].encode()).digest()[0] % 2 == half:
            yield NETWORK.sub(" ", row["text"]), row["label"] == "toxic"


def generated(rule: str, n: int = GENERATED, file: str = "") -> tuple[str, ...]:
    """Generate sentences of the templates with this rule. All groups of people are equally likely.

    The file has the name of the rule, unless another one is given.
    """
    base = read(TEXT / "honest.txt").rules
    grammar = Grammar(
        {"who": base["who"], "group": tuple(sorted(GROUP_NAMES)), **read(FOLDER / f"{file or rule}.txt").rules}
    )
    draw = chance(rule, SEED)
    lines = (grammar.line(rule, draw) for _ in range(n))
    return tuple(line.lower() if draw.random() < CARELESS else line for line in lines)


def honest_corpora() -> Sequence[Corpus]:
    """Return the freely licensed comments. A few of them are rude, but none is labelled for it."""
    return [corpus for corpus in CORPORA if corpus.free and corpus.folder == "labelled"]


def gathered(folder: Path) -> list[Group]:
    """Return all training texts."""
    posts = list(labelled(folder, DAVIDSON))
    comments = [e.text for corpus in honest_corpora() for e in read_corpus(folder, corpus)]
    return [
        Group("posts labelled hateful or offensive", tuple(t for t, toxic in posts if toxic), True, OFFENSIVE),
        Group("posts labelled neither", tuple(t for t, toxic in posts if not toxic), False),
        Group("comments and replies", tuple(comments), False),
        Group("honest texts made for the prior", tuple(e.text for e in honest(SEED)), False, MADE),
        Group("attacks made for this", generated("abuse"), True),
        Group("calm sentences made for this", generated("calm"), False),
    ]
