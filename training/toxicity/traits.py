"""Fit the weights of the traits of attacks on labelled texts and on sentences made for it. No word becomes a weight."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from training.corpora import CORPUS, Corpus, path, read
from training.fit import Array
from workers.learning.attack_traits import ATTACKS, DAMPERS, THREATENS, TRAITS, span_traits, spans
from workers.learning.attacks import LINEAR_SHARE, words_score
from workers.text.attack_words import languages_of
from workers.text.foreign_threats import foreign_threat
from workers.text.languages import ENGLISH

from .texts import AI_MOD, CIVIL, DAVIDSON, FOLDER, HATECHECK, NETWORK, generated

MULTILINGUAL = Corpus("tox_mhc", "functional cases in ten languages", "CC BY 4.0", folder="v2/toxic")
CHINESE = Corpus("tox_cold_zh", "Chinese social media", "Apache-2.0", folder="v2/toxic")
INDONESIAN = Corpus("tox_id_multi", "Indonesian posts", "CC BY-NC-SA 4.0", folder="v2/toxic")
BRAZILIAN = Corpus("tox_toldbr", "Brazilian posts", "CC BY-SA 4.0", folder="v2/toxic")
#: The labelled sets, each with its language, or "" if its rows name theirs.
LABELLED = ((AI_MOD, ENGLISH), (DAVIDSON, ENGLISH), (CIVIL, ENGLISH), (CHINESE, "zh"), (INDONESIAN, "id"))
LABELLED_SETS = (*LABELLED, (BRAZILIAN, "pt"), (HATECHECK, ENGLISH), (MULTILINGUAL, ""))
#: Sets of one maker, translations of each other. Nothing is ever fitted on them.
FUNCTIONAL = frozenset((HATECHECK.name, MULTILINGUAL.name))
#: Rules of the sentences made for it: the file, the attacks and the others.
MADE_RULES = (("abuse", "abuse", "calm", "calm"), ("groups", "hateful", "groups", "harmless"))
#: Rows of a labelled set, drawn by their hash, and sentences of a rule.
ROWS_OF_A_SET, MADE_OF_A_RULE = 2000, 1000
_RIDGE, _LARGEST, _FITTING_ROUNDS = 1e-4, 4.0, 3


@dataclass(frozen=True, slots=True)
class TraitSet:
    """A labelled set of one language: the traits of each text's spans, the labels, and the scores of the words."""

    name: str
    language: str
    rows: list[Array]
    attacks: npt.NDArray[np.bool_]
    linear: Array
    threats: npt.NDArray[np.bool_]  # texts that plan violence, by the rule that needs no weight
    announced: npt.NDArray[np.bool_]  # texts with a threat of the grammar


def _row(traits: Mapping[str, float]) -> list[float]:
    return [traits.get(name, 0.0) for name in TRAITS]


def linear_scores(texts: Sequence[str], language: str) -> Array:
    """Return the scores of the model of English words; 0 in other languages."""
    return np.array([words_score(text).log_odds if language == ENGLISH else 0.0 for text in texts])


def trait_set(name: str, language: str, texts: Sequence[str], attacks: Sequence[bool]) -> TraitSet:
    found = [[span_traits(span) for span in spans(text, languages_of(text, language))] for text in texts]
    rows = [np.array([_row(traits) for traits in each] or [_row({})]) for each in found]
    threats = np.array([any(THREATENS in traits for traits in each) for each in found])
    announced = np.array([foreign_threat(text) != "" for text in texts])
    return TraitSet(name, language, rows, np.array(attacks), linear_scores(texts, language), threats, announced)


def _sets_of(folder: Path, corpus: Corpus, language: str) -> list[TraitSet]:
    rows = [json.loads(line) for line in path(folder, corpus).read_text(encoding="utf-8").splitlines()]
    if corpus is CIVIL:
        # It has attacks only. Comments of another newspaper stand for the others.
        rows += [{"id": e.text, "text": e.text, "label": "clean"} for e in read(folder, CORPUS["news_c3_a"])]
    rows.sort(key=lambda row: hashlib.sha256(str(row["id"]).encode()).digest())
    found = []
    for code in sorted({language or row["lang"] for row in rows}):
        kept = [row for row in rows if (language or row["lang"]) == code][:ROWS_OF_A_SET]
        texts = [NETWORK.sub(" ", row["text"]) for row in kept]
        found.append(trait_set(corpus.name, code, texts, [row["label"] == "toxic" for row in kept]))
    return found


@cache
def made_sets() -> tuple[TraitSet, ...]:
    """Return the sentences that were made, one set for each file of attacks."""
    found = []
    for file, rule, calm_file, calm_rule in MADE_RULES:
        attacks, calm = generated(rule, MADE_OF_A_RULE, file), generated(calm_rule, MADE_OF_A_RULE, calm_file)
        labels = [True] * len(attacks) + [False] * len(calm)
        found.append(trait_set(f"made: {file}", ENGLISH, (*attacks, *calm), labels))
    return tuple(found)


@cache
def labelled_sets(folder: Path) -> tuple[TraitSet, ...]:
    """Return all labelled sets, those of several languages as one for each language."""
    return tuple(found for corpus, language in LABELLED_SETS for found in _sets_of(folder, corpus, language))


def fitted_on(sets: Sequence[TraitSet], unseen: Collection[str]) -> list[TraitSet]:
    """Return the sets that weights are fitted on: those of any other source, and the sentences made for it."""
    return [s for s in sets if s.name not in FUNCTIONAL and s.name not in unseen] + list(made_sets())


def trait_inputs(folder: Path, honest: Sequence[str]) -> list[bytes]:
    """Return the contents that the weights and bars depend on."""
    corpora = [*(corpus for corpus, _ in LABELLED_SETS), *(CORPUS[name] for name in honest)]
    lists = [files("workers.text").joinpath(name) for name in ("attack_words.txt", "profanity_words.txt")]
    made = [(FOLDER / f"{name}.txt").read_bytes() for name in ("abuse", "calm", "groups")]
    return [*(path(folder, corpus).read_bytes() for corpus in corpora), *(f.read_bytes() for f in lists), *made]


def set_scores(found: TraitSet, weights: Array) -> Array:
    """Return the score of each text: its worst span, and its words in English."""
    return np.array([float((rows @ weights).max()) for rows in found.rows]) + LINEAR_SHARE * found.linear


def fit_traits(sets: Sequence[TraitSet]) -> Array:
    """Fit one weight for each trait: logistic regression with a bias for each set, on the worst span of each text.

    Traits of attacks count for an attack only, and the others against it only.
    """
    n = len(TRAITS)
    weights = np.array([0.5] * len(ATTACKS) + [-0.5] * len(DAMPERS))
    source = np.concatenate([np.full(len(s.rows), k) for k, s in enumerate(sets)])
    label = np.concatenate([s.attacks for s in sets]).astype(float)
    shares = [np.where(s.attacks, 0.5 / s.attacks.mean(), 0.5 / (1 - s.attacks.mean())) for s in sets]
    each = np.concatenate([share / len(share) ** 0.5 for share in shares])
    each /= each.sum()
    bounds = [(0, _LARGEST)] * len(ATTACKS) + [(-_LARGEST, 0)] * len(DAMPERS) + [(None, None)] * len(sets)
    for _ in range(_FITTING_ROUNDS):
        worst = np.array([rows[int(np.argmax(rows @ weights))] for s in sets for rows in s.rows])

        def loss(at: Array, worst: Array = worst) -> tuple[float, Array]:
            z = worst @ at[:n] + at[n + source]
            error = each * (1 / (1 + np.exp(-z)) - label)
            slope = np.concatenate([worst.T @ error + _RIDGE * at[:n], np.bincount(source, error, len(sets))])
            return float((each * (np.logaddexp(0, z) - label * z)).sum() + _RIDGE / 2 * (at[:n] ** 2).sum()), slope

        start = np.concatenate([weights, np.zeros(len(sets))])
        weights = np.round(minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x[:n], 2)
    return weights


def written_weights(weights: Array, bars: Mapping[str, float], threats: Sequence[str], inputs: str) -> str:
    """Return the content of the file of the weights."""
    what = "# Weights of the traits of attacks, bars of languages, and languages in which threats are recognized."
    lines = [f"{name} {weight:g}" for name, weight in zip(TRAITS, weights, strict=True) if weight]
    lines += [f"bar {language} {bar:g}" for language, bar in bars.items()]
    return "\n".join([what, f"# inputs {inputs}", *lines, *(f"threats {language} 1" for language in threats)]) + "\n"
