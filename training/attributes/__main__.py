"""`python -m training.attributes DATA_DIR`: fit the attribute model, measure it and write its card."""

import sys
from pathlib import Path

from comments.attributes import SPAM_ATTRIBUTE

from .card import card
from .figures import by_source, honest_above, spam
from .fit import out_of_fold, written
from .rows import ROWS, unseen_honest

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "workers" / "learning" / "attributes.txt"
CARD = ROOT / "docs" / "attributes-card.md"


def main(arguments: list[str]) -> int:
    """Write the model and its card."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m training.attributes DATA_DIR\n")
        return 2
    folder = Path(arguments[0])
    models, measured = {}, {SPAM_ATTRIBUTE: [*spam(folder)]}
    for name, rows_of in ROWS.items():
        rows = [*rows_of(folder)]
        models[name], scores = out_of_fold(name, rows)
        measured[name] = [*by_source(rows, scores)]
    lines = [written(name, model) for name, model in models.items()]
    MODEL.write_text("\n".join(["# Written by training.attributes; see docs/attributes-card.md.", *lines, ""]))
    CARD.write_text(card(models, measured, honest_above(models, unseen_honest(folder))), encoding="utf-8")
    sys.stdout.write("\n".join([*lines, ""]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
