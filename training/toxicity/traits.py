"""Fit the weights of the traits of attacks on labelled texts of several languages. No word becomes a weight."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from training.corpora import CORPUS, Corpus, path, read
from training.fit import Array
from workers.learning.attack_traits import ATTACKS, DAMPERS, TRAITS, TraitWeights, languages_of, span_traits, spans
from workers.learning.toxicity_model import LINEAR_SHARE, word_score
from workers.text.languages import ENGLISH

from .texts import AI_MOD, CIVIL, DAVIDSON, HATECHECK, NETWORK

#: Labelled sets. Those without a licence for words are used too, because the weights of traits have none.
_MULTILINGUAL = Corpus("tox_mhc", "functional cases in ten languages", "CC BY 4.0", folder="v2/toxic")
_CHINESE = Corpus("tox_cold_zh", "Chinese social media", "Apache-2.0", folder="v2/toxic")
_INDONESIAN = Corpus("tox_id_multi", "Indonesian posts", "CC BY-NC-SA 4.0", folder="v2/toxic")
_BRAZILIAN = Corpus("tox_toldbr", "Brazilian posts", "CC BY-SA 4.0", folder="v2/toxic")
_SETS = ((AI_MOD, ENGLISH), (DAVIDSON, ENGLISH), (CIVIL, ENGLISH), (HATECHECK, ENGLISH), (_MULTILINGUAL, ""))
#: The labelled sets, each with its language, or "" if its rows name theirs.
_TRAIT_SETS = (*_SETS, (_CHINESE, "zh"), (_INDONESIAN, "id"), (_BRAZILIAN, "pt"))
#: Honest comments that set each language's bar.
HONEST_BY_LANGUAGE: Mapping[str, tuple[str, ...]] = {
    ENGLISH: ("news_c3_a", "blog_lemire", "blog_haacked", "blog_tosbourn"),
    "it": ("blog_dottorblaster",),
    "pl": ("blog_room303",),
    "id": ("yt_judol_a", "yt_judol_b"),
    "ko": ("news_ko",),
    "zh": ("blog_oneplus", "blog_zhlwish"),
    "de": ("blog_azngeek",),
    "pt": ("blog_compilando",),
    "fr": ("blog_frouin",),
}
#: Rows of a set, drawn by their hash.
_TRAIT_MOST = 2000
_RIDGE, _TRAIT_LARGEST, _TRAIT_ROUNDS = 1e-4, 4.0, 3
#: Share of honest comments above the bar, and the lowest bar: of a language with few honest comments it is the limit.
ABOVE_BAR, LOWEST_BAR = 0.002, 2.5
#: A language below this mean area is silent.
LEAST_AREA = 0.65


@dataclass(frozen=True, slots=True)
class TraitSet:
    """A labelled set of one language: the traits of each text's spans, the labels, and the linear model's scores."""

    name: str
    language: str
    texts: list[Array]
    attacks: npt.NDArray[np.bool_]
    linear: Array


def _row(traits: Mapping[str, float]) -> list[float]:
    return [traits.get(name, 0.0) for name in TRAITS]


def span_rows(text: str, home: str = "") -> Array:
    """Return a row of traits for each span; one empty row if there is none."""
    found = [_row(span_traits(span)) for span in spans(text, languages_of(text, home))]
    return np.array(found or [_row({})])


def _sets_of(folder: Path, corpus: Corpus, language: str) -> list[TraitSet]:
    lines = path(folder, corpus).read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    if corpus is CIVIL:
        rows += [{"id": e.text, "text": e.text, "label": "clean"} for e in read(folder, CORPUS["news_c3_a"])]
    rows.sort(key=lambda row: hashlib.sha256(str(row["id"]).encode()).digest())
    found = []
    for code in sorted({language or row["lang"] for row in rows}):
        kept = [row for row in rows if (language or row["lang"]) == code][:_TRAIT_MOST]
        texts = [NETWORK.sub(" ", row["text"]) for row in kept]
        labels = np.array([row["label"] == "toxic" for row in kept])
        linear = np.array([word_score(t).log_odds if code == ENGLISH else 0.0 for t in texts])
        found.append(TraitSet(corpus.name, code, [span_rows(t) for t in texts], labels, linear))
    return found


def trait_inputs(folder: Path) -> list[bytes]:
    """Return the contents that the weights depend on: the labelled sets, the honest comments and the lists of words."""
    names = [CORPUS[name] for of_language in HONEST_BY_LANGUAGE.values() for name in of_language]
    read_from = [path(folder, corpus) for corpus in (*(corpus for corpus, _ in _TRAIT_SETS), *names)]
    listed = files("workers.text").joinpath("attack_words.txt").read_bytes()
    return [*(file.read_bytes() for file in read_from), listed]


@cache
def trait_sets(folder: Path) -> tuple[TraitSet, ...]:
    """Return all labelled sets, those of several languages as one for each language."""
    return tuple(found for corpus, language in _TRAIT_SETS for found in _sets_of(folder, corpus, language))


def trait_scores(texts: Sequence[Array], weights: Array) -> Array:
    return np.array([float((rows @ weights).max()) for rows in texts])


def combined_scores(found: TraitSet, weights: Array) -> Array:
    return trait_scores(found.texts, weights) + LINEAR_SHARE * found.linear


def fit_traits(sets: Sequence[TraitSet]) -> Array:
    """Fit one weight for each trait: logistic regression with a bias for each set, on the worst span of each text.

    Traits of attacks count for an attack only, and the others against it only.
    """
    n = len(TRAITS)
    weights = np.array([0.5] * len(ATTACKS) + [-0.5] * len(DAMPERS))
    source = np.concatenate([np.full(len(s.texts), k) for k, s in enumerate(sets)])
    label = np.concatenate([s.attacks for s in sets]).astype(float)
    shares = [np.where(s.attacks, 0.5 / s.attacks.mean(), 0.5 / (1 - s.attacks.mean())) for s in sets]
    each = np.concatenate([share / len(share) ** 0.5 for share in shares])
    each /= each.sum()
    bounds = [(0, _TRAIT_LARGEST)] * len(ATTACKS) + [(-_TRAIT_LARGEST, 0)] * len(DAMPERS) + [(None, None)] * len(sets)
    for _ in range(_TRAIT_ROUNDS):
        worst = np.array([rows[int(np.argmax(rows @ weights))] for s in sets for rows in s.texts])

        def loss(at: Array, worst: Array = worst) -> tuple[float, Array]:
            z = worst @ at[:n] + at[n + source]
            error = each * (1 / (1 + np.exp(-z)) - label)
            slope = np.concatenate([worst.T @ error + _RIDGE * at[:n], np.bincount(source, error, len(sets))])
            return float((each * (np.logaddexp(0, z) - label * z)).sum() + _RIDGE / 2 * (at[:n] ** 2).sum()), slope

        start = np.concatenate([weights, np.zeros(len(sets))])
        weights = np.round(minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x[:n], 2)
    return weights


def honest_scores(folder: Path, name: str, language: str, weights: Array) -> Array:
    """Return the scores of the honest comments of a source."""
    texts = [e.text for e in read(folder, CORPUS[name]) if not e.spam]
    linear = [word_score(t).log_odds if language == ENGLISH else 0.0 for t in texts]
    return trait_scores([span_rows(t, language) for t in texts], weights) + LINEAR_SHARE * np.array(linear)


def fitted_bars(folder: Path, weights: Array, languages: Sequence[str]) -> dict[str, float]:
    """Return the bar of each language, above which at most ABOVE_BAR of its honest comments are."""
    bars = {}
    for language in languages:
        each = [honest_scores(folder, name, language, weights) for name in HONEST_BY_LANGUAGE.get(language, ())]
        scored = np.sort(np.concatenate([np.zeros(1), *each]))[::-1]
        bars[language] = round(max(LOWEST_BAR, float(scored[int(ABOVE_BAR * len(scored))]) + 0.01), 2)
    return bars


def written_weights(weights: Array, bars: Mapping[str, float], inputs: str) -> str:
    """Return the content of the file of the weights."""
    what = "# Weights of the traits of attacks, and the score from which a language's comments are blatant."
    head = [what, f"# inputs {inputs}"]
    lines = [f"{name} {weight:g}" for name, weight in zip(TRAITS, weights, strict=True) if weight]
    return "\n".join([*head, *lines, *(f"bar {language} {bar:g}" for language, bar in bars.items())]) + "\n"


def parsed(weights: Array, bars: Mapping[str, float]) -> TraitWeights:
    return TraitWeights.parse(written_weights(weights, bars, ""))
