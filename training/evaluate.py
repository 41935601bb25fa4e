"""`python -m training.evaluate DATA_DIR`: nested evaluation of the shipped model and of the points it becomes.

Every source is judged by a model that never saw it, nor another source of its maker: neither the words nor the points
nor the threshold were learned or chosen on it. See `training.nested`.
"""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from .combine import LESSONS, all_errors, cells
from .corpora import CORPUS, PLACES
from .disguise import DISGUISES, undisguised
from .figures import mean, recall
from .fit import Array
from .generate import Example, chance
from .nested import FEW_SPAM, Nested, Scores
from .policy_points import all_points, other_points, policy
from .protocol import NEWS, SEED, gathered, padded_spam

#: Honest comments whose words are put around spam; no model saw their source as padding.
INNOCENT = "blog_lemire"
PADS = (20, 200)
#: English spam, as disguises of Latin letters do not suit other languages.
ENGLISH = ("yt_psy", "yt_katyperry", "yt_lmfao", "yt14_avengers", "yt14_playstation")
MOST_CHANGED = 200


def reached(title: str, nested: Nested, scores: Scores) -> Iterator[str]:
    """Yield one line per source with spam, and the mean, for each pool of honest comments."""
    for pool, honest in nested.pools(scores).items():
        yield from ("", f"## {title}, recall against {pool}", "", "| source | AUC | R@1 % | R@0.1 % |", "|-|-|-|-|")
        each = list(nested.reach(scores, honest))
        for r in (*each, mean(each)):
            yield f"| {r.source} | {r.auc:.3f} | {r.recall_1:.3f} | {r.recall_01:.3f} |"


def held(nested: Nested, points: Scores) -> Iterator[str]:
    """Yield the shares of comments that the model alone holds, and that the points of all filters hold."""
    bar = policy().hold_at
    yield from ("", "## Held without lessons", "")
    yield "| source | honest | of 1,000 held by the model | by points | spam | held by the model | by points |"
    yield "|-|-|-|-|-|-|-|"
    for name in PLACES:
        spam, of_model, of_points = nested.spam(name), nested.log_odds[name] >= 0, points[name] >= bar
        cells: list[str] = []
        for kind, unit, digits in ((~spam, 1000, 1), (spam, 1, 3)):
            shares = [f"{unit * float(found[kind].mean()):.{digits}f}" for found in (of_model, of_points) if kind.any()]
            cells += [str(int(kind.sum())), *(shares or ("-", "-"))]
        yield f"| {name} | {' | '.join(cells)} |"


def _changed(nested: Nested, names: Sequence[str], change: Callable[[Sequence[Example]], Sequence[str]]) -> Scores:
    """Return the scores of spam whose texts were changed."""
    found = {}
    for name in names:
        spam = [example for example in nested.material.examples[name] if example.spam][:MOST_CHANGED]
        found[name] = nested.scored(name, spam, change(spam))
    return found


def padding(nested: Nested) -> Iterator[str]:
    """Yield the recall of spam before or after honest words."""
    names = [name for name in PLACES if nested.spam(name).sum() >= FEW_SPAM]
    innocent = [example for example in nested.material.examples[INNOCENT] if not example.spam]
    yield from ("", f"## Spam between honest words of {INNOCENT}, R@1 %, mean of the sources", "")
    pools = nested.pools(nested.log_odds)
    yield f"| words | against {' | against '.join(pools)} |"
    yield "|-|" + "-|" * len(pools)
    for n in (0, *PADS):
        scores = _changed(nested, names, lambda spam, n=n: padded_spam(spam, innocent, n))  # type: ignore[misc]
        shares = [np.mean([recall(x, pool, 0.01) for x in scores.values()]) for pool in pools.values()]
        yield f"| {n} | {' | '.join(f'{share:.3f}' for share in shares)} |"


def disguises(nested: Nested) -> Iterator[str]:
    """Yield the recall of English spam at 1 % of the honest newspaper comments, in each disguise."""
    yield from ("", "## Disguised English spam", "", "| disguise | R@1 % of news |", "|-|-|")
    news = nested.material.sources[NEWS]
    bars: dict[str, Array] = {}
    for name in ENGLISH:
        model = nested.of(name)
        bars[name] = model.points.log_odds(model.columns(news))
    for title, disguise in {"none": undisguised, **DISGUISES}.items():
        draw = chance("disguise", SEED)
        scores = _changed(nested, ENGLISH, lambda spam, d=disguise, r=draw: [d(e.text, r) for e in spam])  # type: ignore[misc]
        yield f"| {title} | {np.mean([recall(scores[name], bars[name], 0.01) for name in ENGLISH]):.3f} |"


def languages(nested: Nested) -> Iterator[str]:
    """Yield the shares of honest comments in several languages that the model alone holds."""
    cyrillic = re.compile("[\u0400-\u04ff]{3}")
    kinds = {
        "Indonesian": ("yt_judol_a", "yt_judol_b"),
        "Russian": ("tg_umputun", "tg_radiot", "tg_ru_parish"),
        "Italian": ("blog_dottorblaster",),
        "Polish": ("blog_room303",),
        "Chinese": ("blog_oneplus", "blog_zhlwish"),
        "Korean": ("news_ko",),
    }
    yield from ("", "## Languages, model alone", "", "| language | honest | held of 1,000 |", "|-|-|-|")
    for language, names in kinds.items():
        scores = []
        for name in names:
            for example, score in zip(nested.material.examples[name], nested.log_odds[name], strict=True):
                if not example.spam and (language != "Russian" or cyrillic.search(example.text)):
                    scores.append(score)
        yield f"| {language} | {len(scores)} | {1000 * np.mean(np.array(scores) >= 0):.1f} |"


def learning(nested: Nested) -> Iterator[str]:
    """Yield the share of wrong decisions after some lessons, with constants that were fitted on other streams."""
    yield from ("", "## Error after lessons", "", f"| lessons | {' | '.join(map(str, LESSONS))} |")
    yield "|-|" + "-|" * len(LESSONS)
    for title, errors in all_errors(nested.material.examples, nested.log_odds):
        yield f"| {title} | {' | '.join(cells(errors))} |"


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m training.evaluate DATA_DIR\n")
        return 2
    nested = Nested(gathered(Path(arguments[0])))
    scores = nested.log_odds
    points = {name: all_points(scores[name], other_points(nested.material.examples[name])) for name in PLACES}
    parts = (
        reached("Model alone", nested, scores),
        reached("Points of all filters", nested, points),
        held(nested, points),
        padding(nested),
        disguises(nested),
        languages(nested),
        learning(nested),
    )
    groups = {group: [name for name in PLACES if CORPUS[name].group == group] for group in nested.models}
    sys.stdout.write(f"{len(groups)} groups of sources\n")
    for part in parts:
        for line in part:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
