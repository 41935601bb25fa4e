"""`python -m training.train DATA_DIR`: train the shipped model and write its card, with a fixed seed."""

import sys
from pathlib import Path

from workers.learning.prior_model import PriorWeights, quantize

from .calibrate import Calibration, Unseen, calibrated, unseen
from .card import card
from .corpora import CORPORA, FREE, digest, path
from .fit import Weights, fit
from .generate import TEXT
from .protocol import SEED, free, gathered

ROOT = Path(__file__).parent.parent
PRIOR = ROOT / "workers" / "learning" / "prior.bin"
CARD = ROOT / "docs" / "model-card.md"


def inputs(folder: Path) -> str:
    """Return the SHA-256 over all training inputs: the free corpora, the templates and the seed."""
    corpora = [path(folder, corpus).read_bytes() for corpus in CORPORA if corpus.free]
    templates = [file.read_bytes() for file in sorted(TEXT.glob("*.txt"))]
    return digest(*corpora, *templates, str(SEED).encode())


def model_of(weights: Weights, calibration: Calibration, learned_from: str = "") -> PriorWeights:
    """Return the weights in the form of the shipped file."""
    whole, scales = quantize(weights.of.tolist())
    # The last bits of a sum differ between processors, so the bias is rounded.
    return PriorWeights(whole, scales, round(weights.bias, 6), calibration.slope, calibration.shift, learned_from)


def trained(folder: Path, share: float = 1.0) -> tuple[PriorWeights, list[Unseen]]:
    """Train on these files and a `share` of the generated comments; return the model and its results on new sources."""
    sources = gathered(folder, FREE, share)
    found = unseen(sources)
    return model_of(fit(free(sources)), calibrated(found), inputs(folder)), found


def main(arguments: list[str]) -> int:
    """Write the model and its card."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m training.train DATA_DIR\n")
        return 2
    folder = Path(arguments[0])
    model, found = trained(folder)
    PRIOR.write_bytes(model.to_bytes())
    CARD.parent.mkdir(exist_ok=True)
    CARD.write_text(card(folder, model, found), encoding="utf-8")
    sys.stdout.write(f"{PRIOR.name}: {PRIOR.stat().st_size} bytes, inputs {model.inputs[:12]}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
