"""`python -m training.train DATA_DIR`: train the shipped model and write its card, with a fixed seed."""

import sys
from pathlib import Path

from workers.learning.features import Family
from workers.learning.prior_weights import PriorWeights, quantize

from .card import card
from .corpora import CORPORA, digest, path
from .generate import TEXT
from .nested import Nested
from .plain_points import PLAIN
from .protocol import SEED, Material, Model, gathered

ROOT = Path(__file__).parent.parent
PRIOR = ROOT / "workers" / "learning" / "prior.bin"
CARD = ROOT / "docs" / "model-card.md"


def inputs(folder: Path) -> str:
    """Return the SHA-256 over all training inputs: the corpora, the templates and the seed."""
    corpora = [path(folder, corpus).read_bytes() for corpus in CORPORA]
    templates = [file.read_bytes() for file in sorted(TEXT.glob("*.txt"))]
    return digest(*corpora, *templates, str(SEED).encode())


def weights_of(model: Model, learned_from: str = "") -> PriorWeights:
    """Return the model in the form of the shipped file."""
    whole, scales = quantize(model.words.of.tolist())
    base, name, address, below_website = model.points.of[:4].tolist()
    factors = {Family.NAME: name, Family.ADDRESS: address}
    plain = {trait: points for trait, points in zip(PLAIN, model.points.of[4:].tolist(), strict=True) if points}
    return PriorWeights(
        whole,
        tuple(round(scale * factors.get(family, base), 8) for family, scale in zip(Family, scales, strict=True)),
        model.points.bias,
        plain,
        round(1 + below_website / base, 4),
        1.0,
        model.points.shift,
        learned_from,
    )


def trained(folder: Path, share: float = 1.0) -> tuple[PriorWeights, Material]:
    """Train on the data and a `share` of the generated comments; return the model and what it was trained on."""
    material = gathered(folder, share)
    return weights_of(material.model(), inputs(folder)), material


def main(arguments: list[str]) -> int:
    """Write the model and its card."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m training.train DATA_DIR\n")
        return 2
    folder = Path(arguments[0])
    try:
        model, material = trained(folder)
    except OSError as error:
        sys.stderr.write(f"{error.filename}: {error.strerror}\n")
        return 1
    PRIOR.write_bytes(model.to_bytes())
    CARD.parent.mkdir(exist_ok=True)
    CARD.write_text(card(folder, model, Nested(material)), encoding="utf-8")
    sys.stdout.write(f"{PRIOR.name}: {PRIOR.stat().st_size} bytes, inputs {model.inputs[:12]}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
