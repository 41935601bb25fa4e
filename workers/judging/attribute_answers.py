"""Score the attributes of a text that a check asks for, in total and sentence by sentence."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from comments.attributes import ATTRIBUTES, SPAM_ATTRIBUTE, AttributeAnswer, AttributeQuery, AttributeScore, SpanScore
from comments.model import Comment, Decision
from comments.probability import probability
from comments.storage.checks import CheckedComment
from workers.learning.attribute_model import attribute_scores
from workers.text.language_guess import UNDETERMINED, guessed_languages
from workers.text.languages import ENGLISH, UNLISTED

#: Spans of one text. A longer text has a last span with all the rest.
MAX_SPANS = 100
#: Linear in the length of the text: each run of marks is tried once, without backtracking.
_SENTENCE = re.compile(r"\S.*?(?:(?<![.!?…])[.!?…]++[\"'”’)\]]*+(?=\s|$)|(?<=[。！？])|$)", re.MULTILINE)


def with_attributes(
    checked: Sequence[CheckedComment], comments: Sequence[Comment], query: AttributeQuery
) -> list[CheckedComment]:
    """Add the scores of the attributes to checked comments."""
    texts = {comment.id: query.text or comment.content for comment in comments}
    return [replace(c, attributes=attribute_answer(texts[c.id], c.decision, query)) for c in checked]


def attribute_answer(text: str, decision: Decision, query: AttributeQuery) -> AttributeAnswer:
    """Return the scores that the query asks for. `decision` is that of the judge about the text.

    The judge reads a comment as a whole, with its author and links. So spam has a score of the whole text only.
    """
    likely = guessed_languages(text, query.language)
    language = query.language or _named_language(likely)
    totals = {SPAM_ATTRIBUTE: probability(decision.log_odds), **attribute_scores(text, likely)}
    whole, sentences = (0, len(text)), sentence_spans(text) if query.spans else []
    parts = {(b, e): attribute_scores(text[b:e], likely) for b, e in sentences} if len(sentences) > 1 else {}
    scores = []
    for name in query.names:
        if ATTRIBUTES[name].supports(language):
            spans = [SpanScore(*span, of[name]) for span, of in parts.items()] if name != SPAM_ATTRIBUTE else []
            scores.append(AttributeScore(name, totals[name], tuple(spans or [SpanScore(*whole, totals[name])])))
    return AttributeAnswer(language, tuple(scores))


def _named_language(likely: frozenset[str]) -> str:
    """Return the language to name in an answer: English if it may be, also for a text that shows nothing."""
    if not likely or ENGLISH in likely:
        return ENGLISH
    return min(likely - {UNLISTED}, default=UNDETERMINED)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return begin and end of each sentence. A new line begins a new one."""
    begins = [match.span() for match in islice(_SENTENCE.finditer(text), MAX_SPANS)]
    return [*begins[:-1], (begins[-1][0], len(text.rstrip()))] if len(begins) == MAX_SPANS else begins
