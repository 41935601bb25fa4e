"""Training the prior gives the same bytes for the same data files."""

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np

from training.card import card
from training.corpora import CORPORA, CORPUS, PLACES, path
from training.protocol import gathered
from training.train import inputs
from workers.learning.prior_weights import PriorWeights

ROOT = Path(__file__).parents[3]
TRAIN = """
import pathlib, sys
from training.train import trained
sys.stdout.buffer.write(trained(pathlib.Path(sys.argv[1]), 0.002)[0].to_bytes())
"""
HONEST = "I read this on the bus and have to disagree with point {n}: my council did the opposite."
SPAM = "Earn ${n}00 a day from home, no experience!! http://cheap-money{n}.example/?ref={n}"


def a_sample(folder: Path) -> Path:
    """Write a few lines of each corpus."""
    for corpus in CORPORA:
        rows = [{"id": str(n), "text": HONEST.format(n=n), "label": corpus.honest[0]} for n in range(6)]
        if corpus.name in PLACES:
            rows += [{"id": f"spam {n}", "text": SPAM.format(n=n), "label": "spam"} for n in range(6)]
        file = path(folder, corpus)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(map(json.dumps, rows)) + "\n")
    return folder


def trained(folder: Path, hash_seed: str) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-c", TRAIN, str(folder)]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=True).stdout


def test_the_same_files_give_the_same_bytes_in_each_process(tmp_path: Path) -> None:
    folder = a_sample(tmp_path)
    one, other = trained(folder, "1"), trained(folder, "2")
    assert one == other
    assert any(PriorWeights.parse(one).weights)
    assert sha256(one).hexdigest() in card(folder, PriorWeights.parse(one), None)


def test_the_model_names_its_data_files(tmp_path: Path) -> None:
    before = inputs(a_sample(tmp_path))
    with path(tmp_path, CORPORA[0]).open("a") as file:
        file.write(json.dumps({"id": "x", "text": "buy now", "label": "spam"}) + "\n")
    assert inputs(tmp_path) != before == inputs(a_sample(tmp_path))


def test_a_model_learns_nothing_from_a_source_of_the_group_that_it_is_tested_on(tmp_path: Path) -> None:
    before = gathered(a_sample(tmp_path), 0.001).model("tubespam")
    for name in ("yt_psy", "yt14_avengers"):
        file = path(tmp_path, CORPUS[name])
        file.write_text(file.read_text().replace("Earn", "Subscribe to my channel and earn"))
    after = gathered(tmp_path, 0.001)
    assert np.array_equal(after.model("tubespam").words.of, before.words.of)
    assert np.array_equal(after.model("tubespam").points.of, before.points.of)
    assert not np.array_equal(after.model().words.of, before.words.of)


def test_a_blog_and_the_spam_that_was_posted_on_it_are_one_group() -> None:
    assert CORPUS["blog_tosbourn"].group == CORPUS["blogspam_spintax_a"].group
    assert CORPUS["tg_umputun"].group == CORPUS["tg_radiot"].group
    assert CORPUS["yt_psy"].group != CORPUS["yt_judol_a"].group == CORPUS["yt_judol_b"].group


def test_only_licensed_texts_teach_words() -> None:
    free = {corpus.licence for corpus in CORPORA if corpus.free}
    assert free == {"CC BY 4.0 (UCI)", "MIT", "CC0 1.0", "Apache-2.0"}


def test_the_card_describes_the_shipped_weights() -> None:
    packed = (ROOT / "workers/learning/prior.bin").read_bytes()
    said = (ROOT / "docs/model-card.md").read_text(encoding="utf-8")
    assert sha256(packed).hexdigest() in said
    assert PriorWeights.parse(packed).inputs in said
    assert all(sha256(f.read_bytes()).hexdigest()[:12] in said for f in (ROOT / "training/text").glob("*.txt"))
