"""Filters from PyPI, configured for short texts as their documentation suggests. Needs the group `baselines`."""

import math
import tempfile
from collections.abc import Sequence
from pathlib import Path

import fasttext
from better_profanity import Profanity
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

from training.generate import Example
from workers.text.profanity_matcher import stock_matcher

from .bayes import whole


class BetterProfanity:
    """Treats a profane word as spam, as many tutorials do. Does not learn."""

    name = "better-profanity"

    def __init__(self) -> None:
        self.package = Profanity()

    def learn(self, examples: Sequence[Example]) -> None:
        pass

    def score(self, example: Example) -> float:
        return float(self.package.contains_profanity(whole(example))) - 0.5

    def scores(self, examples: Sequence[Example]) -> list[float]:
        """Score with our matcher. It gives the same results as the package, which would need a day."""
        return [float(stock_matcher().contains(whole(example))) - 0.5 for example in examples]


class TfIdf:
    """scikit-learn: logistic regression over TF-IDF of words, word pairs, and groups of two to five characters."""

    name = "scikit-learn TF-IDF"

    def __init__(self) -> None:
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=1)
        characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)
        model = LogisticRegression(C=10, class_weight="balanced", max_iter=300)
        self.pipeline = make_pipeline(make_union(words, characters), model)

    def learn(self, examples: Sequence[Example]) -> None:
        self.pipeline.fit([whole(e) for e in examples], [e.spam for e in examples])

    def score(self, example: Example) -> float:
        return self.scores([example])[0]

    def scores(self, examples: Sequence[Example]) -> list[float]:
        return self.pipeline.decision_function([whole(e) for e in examples]).tolist()


class FastText:
    """fastText: the mean of word, word pair and subword vectors. One thread, so that results are reproducible."""

    name = "fastText"

    @staticmethod
    def line(example: Example) -> str:
        return " ".join(whole(example).lower().split())

    def learn(self, examples: Sequence[Example]) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
            for example in examples:
                file.write(f"__label__{'spam' if example.spam else 'ham'} {self.line(example)}\n")
            file.flush()
            # A learning rate above .2 sometimes overflows.
            self.model = fasttext.train_supervised(
                str(Path(file.name)), wordNgrams=2, minn=2, maxn=5, dim=50, epoch=20, lr=0.2, bucket=200_000,
                thread=1, seed=1, verbose=0,
            )  # fmt: skip

    def score(self, example: Example) -> float:
        """Return the log-odds of spam."""
        labels, probabilities = self.model.predict(self.line(example), k=2)
        found = dict(zip(labels, probabilities, strict=True))
        spam, ham = (max(1e-9, found.get(f"__label__{label}", 0.0)) for label in ("spam", "ham"))
        return float(math.log(spam / ham))

    def scores(self, examples: Sequence[Example]) -> list[float]:
        return [self.score(example) for example in examples]
