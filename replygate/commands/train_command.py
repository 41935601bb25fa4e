"""`replygate train`: rebuild the shipped model weights from data files, in a checkout of the project."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import click


@click.command("train")
@click.argument("directory", type=click.Path(path_type=Path, exists=True, file_okay=False))
def train(directory: Path) -> None:
    """Rebuild the shipped model weights and their model cards from the data files in DIRECTORY.

    The same files give the same weights. This needs a checkout with the dependency group `train`, because the training
    code is not installed. Sites learn without it.
    """
    missing = [name for name in ("training", "numpy", "scipy") if find_spec(name) is None]
    if missing:
        raise click.ClickException(f"install the dependency group `train` in a checkout; missing: {', '.join(missing)}")
    for module in ("training.train", "training.toxicity"):
        done = subprocess.run([sys.executable, "-m", module, str(directory)], check=False)  # noqa: S603 - our own
        if done.returncode:
            raise click.ClickException(f"{module} failed")
