"""Labelled texts for each attribute, from corpora that were labelled for other questions."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from training.corpora import CORPUS, Corpus, path, read
from training.toxicity.texts import AI_MOD, CIVIL, DAVIDSON, HATECHECK, NETWORK
from workers.learning.attribute_features import attribute_features
from workers.text.languages import likely_languages

TOLDBR = Corpus("tox_toldbr", "Brazilian posts", "CC BY-SA 4.0", folder="v2/toxic")
MHC = Corpus("tox_mhc", "functional cases in ten languages", "CC BY 4.0", folder="v2/toxic")
#: Honest comments in English whose licence allows to fit on them.
HONEST = ("blog_mademistakes", "yt_psy", "yt_katyperry", "yt_lmfao")
#: Honest comments that nothing was fitted on.
UNSEEN = ("news_c3_a", "blog_haacked", "blog_lemire", "blog_tosbourn", "blog_dottorblaster", "blog_room303")
#: Rows of each label of one corpus.
MOST = 2500

Case = dict[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """A text with its label. Rows of one `fold` are predicted by a model that saw none of them.

    The weights are fitted on `is_free` rows only; the licences of the others do not allow it.
    """

    source: str
    fold: str
    positive: bool
    features: tuple[float, ...]
    is_free: bool = True


def cases(folder: Path, corpus: Corpus) -> list[Case]:
    lines = path(folder, corpus).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _measured(text: str, language: str) -> tuple[float, ...]:
    clean = NETWORK.sub(" ", text)
    return attribute_features(clean, likely_languages(clean, language))


def _rows(
    source: str,
    found: Iterable[Case],
    positive: Callable[[Case], bool],
    free: bool = True,
    home: str = "en",
    fold: Callable[[Case], str] | None = None,
) -> list[Row]:
    """Return at most MOST rows of each label. A source is one fold unless its rows name theirs."""
    left = {True: MOST, False: MOST}
    rows = []
    for case in found:
        label = positive(case)
        left[label] -= 1
        if left[label] >= 0:
            of = fold(case) if fold else source
            rows.append(Row(source, of, label, _measured(case["text"], case.get("lang", home)), free))
    return rows


def honest(folder: Path, names: Iterable[str]) -> list[Case]:
    return [{"text": e.text} for name in names for e in read(folder, CORPUS[name]) if not e.spam]


def _is_toxic(case: Case) -> bool:
    return case.get("label") == "toxic"


def _kind(case: Case) -> str:
    return case["functionality"]


def _is_threat(case: Case) -> bool:
    return _kind(case).startswith("threat")


def _target(case: Case) -> str:
    return case.get("target") or "nobody"


#: HateCheck's cases by what they contain, whether they are hate or not.
_INSULTS = ("derog_", "target_indiv", "target_group", "slur_h")
_CALM = ("ident_", "target_obj", "slur_homonym", "slur_reclaimed", "negate_neg", "counter_")
#: Cases that say something of swearing in neither direction.
_SLURS = ("slur", "spell")


def _civil(folder: Path) -> list[Row]:
    """Return rude news comments against calm comments, and other rude ones against those of another newspaper."""
    rude, name = cases(folder, CIVIL), "Civil Comments"
    against_news = [*rude[MOST:], *honest(folder, ["news_c3_a"])]
    return [
        *_rows(name, [*rude[:MOST], *honest(folder, HONEST)], _is_toxic),
        *_rows(f"{name}, against a newspaper", against_news, _is_toxic, False, fold=lambda _: name),
    ]


def _labelled(folder: Path, corpus: Corpus, name: str, free: bool, home: str = "en") -> list[Row]:
    return _rows(name, cases(folder, corpus), _is_toxic, free, home)


def _hatecheck(folder: Path) -> list[Case]:
    return cases(folder, HATECHECK)


def toxicity(folder: Path) -> Iterator[Row]:
    found = [c for c in _hatecheck(folder) if _is_toxic(c) or not _kind(c).startswith("profanity")]
    yield from _civil(folder)
    yield from _labelled(folder, DAVIDSON, "posts labelled offensive", True)
    yield from _rows("HateCheck", found, lambda c: _is_toxic(c) or _kind(c).startswith(_INSULTS))
    yield from _labelled(folder, AI_MOD, "AI-Mod, trolling", False)
    yield from _labelled(folder, TOLDBR, "ToLD-Br, Portuguese", False, "pt")


def insult(folder: Path) -> Iterator[Row]:
    found = [c for c in _hatecheck(folder) if _kind(c).startswith((*_INSULTS, *_CALM, "profanity_nh"))]
    yield from _civil(folder)
    yield from _rows("HateCheck, insults", found, lambda c: _kind(c).startswith(_INSULTS))
    yield from _labelled(folder, AI_MOD, "AI-Mod, trolling", False)


def profanity(folder: Path) -> Iterator[Row]:
    yield from _labelled(folder, DAVIDSON, "posts labelled offensive", True)
    found = [c for c in _hatecheck(folder) if not _kind(c).startswith(_SLURS)]
    yield from _rows("HateCheck, profanity", found, lambda c: _kind(c).startswith("profanity"))
    for language in sorted({c["lang"] for c in cases(folder, MHC)}):
        of = [c for c in cases(folder, MHC) if c["lang"] == language and not _kind(c).startswith(_SLURS)]
        yield from _rows(f"HateCheck, profanity, {language}", of, lambda c: _kind(c).startswith("profanity"))
    yield from _labelled(folder, TOLDBR, "ToLD-Br, Portuguese", False, "pt")


def threat(folder: Path) -> Iterator[Row]:
    yield from _rows("HateCheck, threats", _hatecheck(folder), _is_threat, fold=_target)


def unseen_honest(folder: Path) -> dict[str, list[tuple[float, ...]]]:
    """Return the features of honest comments, by corpus."""
    return {n: [_measured(c["text"], "") for c in honest(folder, [n])[:MOST]] for n in UNSEEN}


#: The rows of each attribute but `SPAM`, which has a model of its own.
ROWS: dict[str, Callable[[Path], Iterator[Row]]] = {
    "TOXICITY": toxicity,
    "INSULT": insult,
    "PROFANITY": profanity,
    "THREAT": threat,
}
