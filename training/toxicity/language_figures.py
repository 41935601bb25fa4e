"""Bars and results of the traits by language, all by weights and bars that never saw the source."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.corpora import CORPUS, read
from training.figures import area
from training.fit import Array
from workers.filters.toxicity import THRESHOLDS
from workers.learning.attacks import BLATANT, THREAT
from workers.text.languages import ENGLISH

from .texts import CIVIL
from .traits import FUNCTIONAL, TraitSet, fit_traits, fitted_on, labelled_sets, set_scores, trait_set

#: Honest comments that set the bars: of English, and of the other languages together, because most have few.
HONEST_BY_LANGUAGE: Mapping[str, tuple[str, ...]] = {
    ENGLISH: ("news_c3_a", "blog_lemire", "blog_haacked", "blog_tosbourn"),
    "it": ("blog_dottorblaster",),
    "pl": ("blog_room303",),
    "id": ("yt_judol_a", "yt_judol_b"),
    "zh": ("blog_oneplus", "blog_zhlwish"),
    "de": ("blog_azngeek",),
    "pt": ("blog_compilando",),
    "fr": ("blog_frouin",),
}
#: The comments of this newspaper are a part of this labelled set too.
NEWS = frozenset((CIVIL.name, "news_c3_a"))
HONEST = tuple(name for names in HONEST_BY_LANGUAGE.values() for name in names)
#: Share of the honest comments that reach the bar, and the lowest bar.
ABOVE_BAR, LOWEST_BAR = 0.0006, 2.0
#: Precision that the rule for threats needs in a language, on labelled texts and with the threats of English apart.
THREAT_PRECISION = 0.85
#: A language is silent if the mean unseen area of its sets is smaller.
LEAST_AREA = 0.65


@dataclass(frozen=True, slots=True)
class _HonestSource:
    """Honest comments of one source, as a labelled set without attacks."""

    language: str
    comments: TraitSet


@cache
def _honest_sources(folder: Path) -> tuple[_HonestSource, ...]:
    found = []
    for language, names in HONEST_BY_LANGUAGE.items():
        for name in names:
            texts = [e.text for e in read(folder, CORPUS[name]) if not e.spam]
            found.append(_HonestSource(language, trait_set(name, language, texts, [False] * len(texts))))
    return tuple(found)


def bars(folder: Path, weights: Array, unseen: Collection[str]) -> tuple[float, float]:
    """Return the bar of English and that of other languages, which ABOVE_BAR of their honest comments reach."""
    found: defaultdict[bool, list[Array]] = defaultdict(list)
    for source in _honest_sources(folder):
        if source.comments.name not in unseen:
            found[source.language == ENGLISH].append(set_scores(source.comments, weights))
    highest = {is_english: np.sort(np.concatenate(each))[::-1] for is_english, each in found.items()}
    needed = {is_english: of[int(ABOVE_BAR * len(of))] + 0.01 for is_english, of in highest.items()}
    english, other = (round(max(LOWEST_BAR, float(needed[is_english])), 2) for is_english in (True, False))
    return english, other


@dataclass(frozen=True, slots=True)
class Unseen:
    """A labelled set with its scores as log-odds, by weights that never saw its source."""

    found: TraitSet
    log_odds: Array

    @property
    def area(self) -> float:
        return area(self.log_odds[self.found.attacks], self.log_odds[~self.found.attacks])


def log_odds_of(found: TraitSet, weights: Array, bar: float) -> Array:
    """Return the log-odds of each text. A threat of the grammar is one whatever its score; nothing of it is fitted."""
    scored = BLATANT * set_scores(found, weights) / bar
    return np.where(found.announced, np.maximum(scored, THREAT), scored)


@cache
def _fitted_without(folder: Path, unseen: frozenset[str]) -> Array:
    return fit_traits(fitted_on(labelled_sets(folder), unseen))


def weights_without(folder: Path, name: str) -> tuple[Array, tuple[float, float]]:
    """Return weights and bars that were fitted without a source; "" for the shipped ones."""
    unseen = NEWS if name in NEWS else frozenset((name,))
    weights = _fitted_without(folder, unseen & {s.name for s in labelled_sets(folder) if s.name not in FUNCTIONAL})
    return weights, bars(folder, weights, unseen)


def unseen_sets(folder: Path) -> list[Unseen]:
    """Return all labelled sets with unseen scores, English first."""
    found = []
    for each in labelled_sets(folder):
        weights, (english, other) = weights_without(folder, each.name)
        bar = english if each.language == ENGLISH else other
        found.append(Unseen(each, log_odds_of(each, weights, bar)))
    return sorted(found, key=lambda u: (u.found.language != ENGLISH, u.found.language, u.found.name))


def judged_languages(unseen: Sequence[Unseen]) -> list[str]:
    """Return the languages that the filter judges: English, and those whose mean unseen area is LEAST_AREA."""
    areas: defaultdict[str, list[float]] = defaultdict(list)
    for u in unseen:
        areas[u.found.language].append(u.area)
    return [code for code, of in areas.items() if code == ENGLISH or float(np.mean(of)) >= LEAST_AREA]


def threat_shares(unseen: Sequence[Unseen]) -> dict[str, tuple[int, float]]:
    """Return by language the number of texts that the rule for threats holds, and the share of attacks of them."""
    return _shares_of(unseen, lambda found: found.threats)


def _shares_of(
    unseen: Sequence[Unseen], threats: Callable[[TraitSet], npt.NDArray[np.bool_]]
) -> dict[str, tuple[int, float]]:
    found: defaultdict[str, list[bool]] = defaultdict(list)
    for u in unseen:
        if u.found.language != ENGLISH:
            found[u.found.language] += u.found.attacks[threats(u.found)].tolist()
    return {code: (len(of), sum(of) / len(of)) for code, of in found.items() if of}


def _numbers(shares: Mapping[str, tuple[int, float]]) -> str:
    return ", ".join(f"{code} {n} ({share:.2f})" for code, (n, share) in shares.items())


def threat_languages(unseen: Sequence[Unseen]) -> list[str]:
    """Return the languages in which the rule for threats is precise enough."""
    return [code for code, (n, precision) in threat_shares(unseen).items() if precision >= THREAT_PRECISION and n > 9]


def by_language(folder: Path, unseen: Sequence[Unseen], judged: Sequence[str]) -> Iterator[str]:
    """Yield a table of the areas, the attacks and others held, and the precision; another of honest comments."""
    levels = " | ".join(THRESHOLDS)
    yield from ("", "## Languages, unseen", "")
    yield f"| Language | Set | Texts | AUC | Attacks held: {levels} | Others held: {levels} | Precision: {levels} |"
    yield "|-|-|-|-|" + "-|" * (3 * len(THRESHOLDS))
    for u in unseen:
        silent = "" if u.found.language in judged else " (silent)"
        head = f"| {u.found.language}{silent} | {u.found.name} | {len(u.log_odds)} | {u.area:.3f}"
        yield f"{head} | {' | '.join(_shares(u))} |"
    yield from threats_beyond_english(unseen)
    yield from ("", "## Honest comments, unseen", "")
    yield "Held of 1,000. The bar of each source was set by the other sources. Threats of the grammar are included."
    yield ""
    yield f"| Language | Source | Comments | {levels} |"
    yield "|-|-|-|" + "-|" * len(THRESHOLDS)
    for source in _honest_sources(folder):
        weights, (english, other) = weights_without(folder, source.comments.name)
        bar = english if source.language == ENGLISH else other
        of = log_odds_of(source.comments, weights, bar)
        shares = " | ".join(f"{1000 * (of >= least).mean():.1f}" for least in THRESHOLDS.values())
        yield f"| {source.language} | {source.comments.name} | {len(of)} | {shares} |"


def threats_beyond_english(unseen: Sequence[Unseen]) -> Iterator[str]:
    """Yield the results of the rule for threats by language."""
    yield from ("", "## Threats beyond English", "")
    yield "Texts of the sets above that the grammar of threats holds, by language, and the"
    yield f"share of attacks among them: {_numbers(_shares_of(unseen, lambda found: found.announced))}."
    yield "It acts in each language. The same of the rule for planned violence:"
    yield f"{_numbers(threat_shares(unseen))}."
    yield f"The rule acts where its share is at least {THREAT_PRECISION}: {', '.join(threat_languages(unseen))}."


def _shares(u: Unseen) -> Iterator[str]:
    """Yield the shares of attacks and of others held, and the share of attacks among those held, at each level."""
    for some in (u.found.attacks, ~u.found.attacks):
        yield from (f"{(u.log_odds[some] >= least).mean():.3f}" for least in THRESHOLDS.values())
    for least in THRESHOLDS.values():
        held = u.found.attacks[u.log_odds >= least]
        yield f"{held.mean():.2f}" if len(held) else "-"
