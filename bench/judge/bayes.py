"""The two most common Bayesian spam filters, implemented from their published descriptions.

They need only Python, learn one comment at a time, and represent the many packages that do the same.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from training.generate import Example

WORD = re.compile(r"\w+")
#: Constants of SpamBayes: probability and weight of an unknown word, and the limits on the words of a text.
UNKNOWN, FIRMNESS = 0.5, 0.45
LEAST_STRENGTH, MOST_CLUES = 0.1, 150
SHORTEST, LONGEST = 3, 12


def whole(example: Example) -> str:
    """Return everything the visitor wrote, so that each filter sees as much as ours."""
    return "\n".join(filter(None, (example.author, example.url, example.text)))


class SpamBayes:
    """Robinson's probabilities (2003), combined with Fisher's method, as in SpamBayes 1.1."""

    name = "SpamBayes, as described"

    def __init__(self) -> None:
        self.spam: Counter[str] = Counter()
        self.ham: Counter[str] = Counter()
        self.spams = self.hams = 0

    @staticmethod
    def tokens(text: str) -> frozenset[str]:
        """Return the words between spaces. A long word is replaced with its first letter and its length."""
        found = (word for word in text.lower().split() if len(word) >= SHORTEST)
        return frozenset(w if len(w) <= LONGEST else f"skip:{w[0]} {len(w) // 10 * 10}" for w in found)

    def learn(self, examples: Iterable[Example]) -> None:
        for example in examples:
            counts = self.spam if example.spam else self.ham
            counts.update(self.tokens(whole(example)))
            self.spams, self.hams = self.spams + example.spam, self.hams + (not example.spam)

    def probability(self, token: str) -> float:
        """P(spam | token), pulled towards one half while the token is rare."""
        spam, ham = self.spam[token] / max(1, self.spams), self.ham[token] / max(1, self.hams)
        n = self.spam[token] + self.ham[token]
        raw = spam / (spam + ham) if n else UNKNOWN
        return (FIRMNESS * UNKNOWN + n * raw) / (FIRMNESS + n)

    def score(self, example: Example) -> float:
        """Return P(spam) minus P(ham) as Fisher's method combines them, from -1 to 1."""
        found = (self.probability(token) for token in self.tokens(whole(example)))
        clues = sorted((p for p in found if abs(p - 0.5) >= LEAST_STRENGTH), key=lambda p: -abs(p - 0.5))[:MOST_CLUES]
        if not clues:
            return 0.0
        of_spam = 1 - chi_squared(-2 * sum(math.log(1 - p) for p in clues), len(clues))
        return of_spam - (1 - chi_squared(-2 * sum(math.log(p) for p in clues), len(clues)))

    def scores(self, examples: Sequence[Example]) -> list[float]:
        return [self.score(example) for example in examples]


def chi_squared(x: float, half_degrees: int) -> float:
    """P(a chi-squared with twice these degrees of freedom is x or more)."""
    term = total = math.exp(-x / 2)
    for n in range(1, half_degrees):
        term *= x / 2 / n
        total += term
    return min(1.0, total)


class NaiveBayes:
    """Multinomial naive Bayes over words, with add-one smoothing."""

    name = "multinomial naive Bayes"

    def __init__(self) -> None:
        self.counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
        self.words, self.texts = Counter[bool](), Counter[bool]()
        self.vocabulary: set[str] = set()

    def learn(self, examples: Iterable[Example]) -> None:
        for example in examples:
            found = WORD.findall(whole(example).lower())
            self.counts[example.spam].update(found)
            self.vocabulary.update(found)
            self.words[example.spam] += len(found)
            self.texts[example.spam] += 1

    def score(self, example: Example) -> float:
        """Return the log-odds of spam."""
        spam, ham = self.counts[True], self.counts[False]
        of_spam, of_ham = (self.words[label] + len(self.vocabulary) + 1 for label in (True, False))
        odds = (math.log((spam[w] + 1) / of_spam * of_ham / (ham[w] + 1)) for w in WORD.findall(whole(example).lower()))
        return math.log((self.texts[True] + 1) / (self.texts[False] + 1)) + sum(odds)

    def scores(self, examples: Sequence[Example]) -> list[float]:
        return [self.score(example) for example in examples]
