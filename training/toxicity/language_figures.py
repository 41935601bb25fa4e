"""Results of the traits by language, by weights that never saw the language, or in English the set."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from training.corpora import CORPUS, read
from training.figures import area
from training.fit import Array
from workers.filters.toxicity import THRESHOLDS
from workers.learning.attack_traits import TraitWeights
from workers.learning.toxicity_model import BLATANT, NEUTRAL, attack
from workers.text.languages import ENGLISH

from .texts import NETWORK
from .traits import HONEST_BY_LANGUAGE, LEAST_AREA, LOWEST_BAR, TraitSet, combined_scores, fit_traits, parsed

#: Languages with a list of words. Those without a labelled set are measured by honest comments only.
LISTED = (ENGLISH, "de", "nl", "fr", "es", "pt", "it", "pl", "id", "zh", "ko", "ar", "hi")


def without(out: TraitSet, sets: Sequence[TraitSet]) -> Array:
    """Return weights that are fitted without a set: on other languages, or in English on other sources."""
    return fit_traits([s for s in sets if s is not out and (s.language != out.language or out.language == ENGLISH)])


def nested_scores(sets: Sequence[TraitSet]) -> dict[tuple[str, str], Array]:
    """Return the scores of each set by weights that never saw it."""
    return {(out.name, out.language): combined_scores(out, without(out, sets)) for out in sets}


def nested_areas(sets: Sequence[TraitSet], scores: Mapping[tuple[str, str], Array]) -> dict[str, dict[str, float]]:
    """Return the area under the curve by language and set."""
    areas: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for s in sets:
        of = scores[s.name, s.language]
        areas[s.language][s.name] = area(of[s.attacks], of[~s.attacks])
    return dict(areas)


def heard_languages(areas: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return the languages that the filter judges: those whose unseen area is LEAST_AREA, or was not measured."""
    return [code for code in LISTED if code not in areas or np.mean(list(areas[code].values())) >= LEAST_AREA]


def by_language(
    folder: Path, sets: Sequence[TraitSet], scores: Mapping[tuple[str, str], Array], bars: Mapping[str, float]
) -> Iterator[str]:
    """Yield a table of the areas and the attacks held, all unseen, and the honest comments held."""
    levels = " | ".join(THRESHOLDS)
    yield from (
        "",
        "## Languages",
        "",
        f"| Language | Unseen set | AUC | Attacks held: {levels} | Others held: {levels} |",
    )
    yield "|-|-|-|" + "-|" * (2 * len(THRESHOLDS))
    for s in sorted(sets, key=lambda s: (LISTED.index(s.language), s.name)):
        of, bar = scores[s.name, s.language], bars.get(s.language, LOWEST_BAR)
        log_odds = NEUTRAL + (BLATANT - NEUTRAL) * of / bar
        cells = " | ".join(
            f"{(log_odds[some] >= least).mean():.2f}"
            for some in (s.attacks, ~s.attacks)
            for least in THRESHOLDS.values()
        )
        silent = "" if s.language in bars else " (silent)"
        yield f"| {s.language}{silent} | {s.name} | {area(of[s.attacks], of[~s.attacks]):.3f} | {cells} |"
    yield from ("", "Honest comments held, of 1,000, by the shipped weights:", "")
    yield f"| Language | Source | Comments | {levels} |"
    yield "|-|-|-|" + "-|" * len(THRESHOLDS)
    for code, names in HONEST_BY_LANGUAGE.items():
        for name in names:
            texts = [e.text for e in read(folder, CORPUS[name]) if not e.spam]
            shares = shares_held(texts, code)
            yield f"| {code} | {name} | {len(texts)} | {' | '.join(f'{1000 * share:.1f}' for share in shares)} |"


def shares_held(texts: Sequence[str], home: str = "") -> list[float]:
    """Return the share of texts that each level holds."""
    of = np.array([attack(NETWORK.sub(" ", text), home=home).log_odds for text in texts])
    return [float((of >= least).mean()) for least in THRESHOLDS.values()]


def unseen_weights(name: str, sets: Sequence[TraitSet], bars: Mapping[str, float]) -> TraitWeights:
    """Return weights that are fitted without an English set, with the shipped bars."""
    return parsed(without(next(s for s in sets if s.name == name), sets), bars)
