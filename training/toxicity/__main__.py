"""`python -m training.toxicity DATA_DIR`: train the toxicity model and write its card, with a fixed seed."""

import sys
from pathlib import Path

from training.corpora import digest, path
from training.generate import HONEST_TEXT
from workers.text.languages import ENGLISH

from .card import card
from .fit import fit
from .language_figures import HONEST, by_language, judged_languages, threat_languages, unseen_sets, weights_without
from .texts import DAVIDSON, FOLDER, SEED, gathered, honest_corpora
from .traits import trait_inputs, written_weights

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "workers" / "learning" / "toxicity.txt"
WEIGHTS = ROOT / "workers" / "learning" / "attack_weights.txt"
CARD = ROOT / "docs" / "toxicity-card.md"


def inputs(folder: Path) -> str:
    """Return the SHA-256 over all training inputs: the corpora, the templates and the seed."""
    corpora = [path(folder, corpus).read_bytes() for corpus in (DAVIDSON, *honest_corpora())]
    made = [FOLDER / name for name in ("abuse.txt", "calm.txt", "charged.txt")]
    templates = [file.read_bytes() for file in (*made, *HONEST_TEXT)]
    return digest(*corpora, *templates, str(SEED).encode())


def main(arguments: list[str]) -> int:
    """Write the model and its card."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m training.toxicity DATA_DIR\n")
        return 2
    folder = Path(arguments[0])
    groups = gathered(folder)
    fitted = fit(groups)
    packed = fitted.written(inputs(folder)).encode()
    MODEL.write_bytes(packed)
    # The traits are fitted beside the model that was just written.
    unseen = unseen_sets(folder)
    weights, (english, other) = weights_without(folder, "")
    judged = judged_languages(unseen)
    bars = {code: english if code == ENGLISH else other for code in judged}
    of_traits = written_weights(weights, bars, threat_languages(unseen), digest(*trait_inputs(folder, HONEST)))
    WEIGHTS.write_text(of_traits, encoding="utf-8")
    tables = list(by_language(folder, unseen, judged))
    CARD.write_text(card(folder, groups, fitted, packed, tables), encoding="utf-8")
    sys.stdout.write(f"{MODEL.name}: {len(packed)} bytes, {len(fitted.weights)} features\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
