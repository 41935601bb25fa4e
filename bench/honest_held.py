"""Count the honest comments that each part of the filters holds on a new site, and that all of them hold together.

    python -m bench.honest_held DATA_DIR [SOURCE...]

The evaluation is nested: the spam model, and the weights and the bar of attacks on people, never saw the source or
another one of its maker. Without sources, it judges the newspaper; a run takes some minutes. "Points" are those of the
spam model and all other filters together, "attacks" the default level of `toxicity`, and "others" the signals that hold
by themselves, such as profane words. Moderation of first comments is left out.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.corpora import CORPUS, comment, read
from training.generate import Example
from training.policy_points import NOW, SITE, all_points, other_points, policy
from training.protocol import Material, gathered
from training.toxicity.language_figures import HONEST_BY_LANGUAGE, log_odds_of, weights_without
from training.toxicity.traits import trait_set
from workers.filters import BUILT_IN, Facts
from workers.filters.learned import LearnedFilter
from workers.filters.toxicity import THRESHOLDS, ToxicityFilter
from workers.judging.judge import run_filters
from workers.text.languages import ENGLISH
from workers.text.threats import threat

NEWSPAPER = "news_c3_a"

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Held:
    """Honest comments of a source that are held, by each part."""

    points: Mask
    attacks: Mask
    others: Mask

    @property
    def all(self) -> Mask:
        return self.points | self.attacks | self.others


def held_by_points(material: Material, name: str) -> Mask:
    model, examples = material.model(CORPUS[name].group), material.examples[name]
    log_odds = model.points.log_odds(model.columns(material.sources[name]))
    held = all_points(log_odds, other_points(examples)) >= policy().hold_at
    return np.array([points for points, example in zip(held, examples, strict=True) if not example.spam])


def held_as_attacks(folder: Path, name: str, texts: Sequence[str]) -> Mask:
    """Return those that the default level holds. Threats count, but for the rule that is fitted."""
    language = next(code for code, names in HONEST_BY_LANGUAGE.items() if name in names)
    weights, (english, other) = weights_without(folder, name)
    found = trait_set(name, language, texts, [False] * len(texts))
    blatant = log_odds_of(found, weights, english if language == ENGLISH else other) >= THRESHOLDS[SITE.toxicity]
    return blatant | np.array([language == ENGLISH and threat(text) != "" for text in texts])


def held_by_others(examples: Sequence[Example]) -> Mask:
    filters, decide = [f for f in BUILT_IN if not isinstance(f, (LearnedFilter, ToxicityFilter))], policy().decide
    facts, found = Facts(SITE, NOW), []
    for example in examples:
        signals = run_filters(replace(comment(example), thread="post"), facts, filters)
        found.append(any(signal.holds for signal in decide(signals, NOW).signals))
    return np.array(found)


def held(folder: Path, material: Material, name: str) -> Held:
    honest = [example for example in read(folder, CORPUS[name]) if not example.spam]
    attacks = held_as_attacks(folder, name, [example.text for example in honest])
    return Held(held_by_points(material, name), attacks, held_by_others(honest))


def main() -> None:
    folder, names = Path(sys.argv[1]), sys.argv[2:] or [NEWSPAPER]
    material = gathered(folder)
    print("| source | honest comments | of 1,000 held by points | attacks | others | all |")
    print("|-|-|-|-|-|-|")
    for name in names:
        found = held(folder, material, name)
        parts = (found.points, found.attacks, found.others, found.all)
        print(f"| {name} | {len(found.all)} | {' | '.join(f'{1000 * part.mean():.1f}' for part in parts)} |")


if __name__ == "__main__":
    main()
