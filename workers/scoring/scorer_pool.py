"""Ask the operator's scorer about a batch of comments, within a time limit, and never fail.

Threads ask, so that a scorer that is slow or never returns costs a batch its budget and no more. Answers are cached by
the digest of what was asked. After repeated failures the scorer is left alone for a while.
"""

import json
import logging
import math
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from cachetools import LRUCache

from comments.errors import NotSent
from comments.model import Comment
from comments.site import Site
from workers.filters import ScorerAnswer

log = logging.getLogger(__name__)

#: Gets `scorer_fields`, and returns P(spam), or a mapping with `spam` and perhaps `reason`. May raise anything.
Scorer = Callable[[Mapping[str, str]], object]

#: Comments asked about at once. A local model server seldom does more in parallel.
SCORER_THREADS = 4
#: Answers kept: a flood of copies costs one question. A few hundred bytes each.
MAX_ANSWERS = 4096
#: Failures in a row after which the scorer is left alone, and the seconds until one comment tries it again.
FAILURES, PAUSE = 5, 30.0
#: Longest reason that is kept.
MAX_REASON = 200
OUT_OF_TIME, PAUSED = "no answer in time", "not asked, after repeated failures"


def scorer_fields(comment: Comment, title: str, site: Site) -> dict[str, str]:
    """Return all that a scorer gets to know. Email address, network and identity never leave."""
    return {
        "text": comment.content,
        "name": comment.author,
        "website": comment.url,
        "language": comment.language or site.language,
        "thread": comment.thread,
        "title": title,
    }


def parsed_answer(value: object, hold_at: float) -> ScorerAnswer:
    """Return the answer of a scorer. Raises ValueError if it contains no probability."""
    number, reason = (value.get("spam"), value.get("reason", "")) if isinstance(value, Mapping) else (value, "")
    if isinstance(number, bool) or not hasattr(number, "__float__"):
        raise ValueError("not a number")
    probability = float(number)  # also of a library's own number type
    if not (math.isfinite(probability) and 0 <= probability <= 1):
        raise ValueError("not between 0 and 1")
    words = "".join(c if c.isprintable() else " " for c in str(reason or "")[: 4 * MAX_REASON]).split()
    return ScorerAnswer(probability, " ".join(words)[:MAX_REASON], hold_at=hold_at)


@dataclass(eq=False)
class Question:
    """One distinct question of a batch. A thread sets `begun`, then `answer`, then `done`."""

    fields: Mapping[str, str]
    until: float  # end of the batch's budget, by the monotonic clock
    begun: float = math.inf
    answer: ScorerAnswer | None = None
    done: threading.Event = field(default_factory=threading.Event)


class ScorerPool:
    """Asks with SCORER_THREADS threads, which it starts when they are needed. One thread at a time may call `ask`."""

    def __init__(
        self, scorer: Scorer, seconds: float, batch_seconds: float, hold_at: float, pause: float = PAUSE
    ) -> None:
        self._scorer, self._seconds, self._batch_seconds, self._hold_at = scorer, seconds, batch_seconds, hold_at
        self._pause = pause
        self._cache: LRUCache[bytes, ScorerAnswer] = LRUCache(MAX_ANSWERS)
        self._questions: queue.SimpleQueue[Question] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._failures, self._paused_until = 0, -math.inf
        self._answered = False  # a question of the current batch

    def ask(self, comments: Sequence[tuple[Comment, str]], site: Site) -> list[ScorerAnswer]:
        """Return an answer for each comment, in order. Each is given with the title of its thread."""
        asked = [scorer_fields(comment, title, site) for comment, title in comments]
        digests = [blake2b(json.dumps(fields).encode(), digest_size=16).digest() for fields in asked]
        found = {digest: self._cache[digest] for digest in digests if digest in self._cache}
        until = time.monotonic() + self._batch_seconds
        new = {d: Question(fields, until) for d, fields in zip(digests, asked, strict=True) if d not in found}
        if new:
            self._start_threads()
            found |= self._answers(new)
        return [found[digest] for digest in digests]

    def _start_threads(self) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        while len(self._threads) < SCORER_THREADS:
            # Daemons, because nothing can stop a function that never returns.
            thread = threading.Thread(target=self._work, name="scorer", daemon=True)
            thread.start()
            self._threads.append(thread)

    def _work(self) -> None:
        while True:
            question = self._questions.get()
            question.begun = time.monotonic()
            if question.begun < question.until:
                question.answer = self._asked(question.fields)
                question.done.set()

    def _asked(self, fields: Mapping[str, str]) -> ScorerAnswer:
        try:
            return parsed_answer(self._scorer(fields), self._hold_at)
        except NotSent as error:
            return ScorerAnswer(failure=OUT_OF_TIME if error.kind == "timeout" else f"no answer: {error.kind}")
        except Exception as error:
            # Only the name of the error: its text may quote the comment.
            return ScorerAnswer(failure=f"no answer: {type(error).__name__}")

    def _answers(self, new: Mapping[bytes, Question]) -> dict[bytes, ScorerAnswer]:
        """Ask about all at once, or about one first after a pause. Stop at one failure too many."""
        self._answered = False
        waiting, found = list(new.items()), dict[bytes, ScorerAnswer]()
        while waiting and time.monotonic() >= self._paused_until:
            several = len(waiting) if self._failures < FAILURES else 1
            together, waiting = waiting[:several], waiting[several:]
            for _, question in together:
                self._questions.put(question)
            for digest, question in together:
                found[digest] = self._answer(digest, question)
        return {digest: found.get(digest, ScorerAnswer(failure=PAUSED)) for digest in new}

    def _answer(self, digest: bytes, question: Question) -> ScorerAnswer:
        if time.monotonic() < self._paused_until:
            question.until = -math.inf  # the threads skip it
            return ScorerAnswer(failure=PAUSED)
        answer = self._wait(question)
        if not answer.failure:
            self._cache[digest], self._failures, self._answered = answer, 0, True
        elif self._is_fault(question, answer):
            self._failures += 1
            if self._failures >= FAILURES:
                log.warning("the scorer failed %s times in a row: %s", self._failures, answer.failure)
                self._paused_until = time.monotonic() + self._pause
        return answer

    def _is_fault(self, question: Question, answer: ScorerAnswer) -> bool:
        """Decide if a failure counts. If others of the batch were answered, the batch may only have been too large."""
        took_too_long = time.monotonic() - question.begun >= self._seconds
        return answer.failure != OUT_OF_TIME or took_too_long or not self._answered

    def _wait(self, question: Question) -> ScorerAnswer:
        """Wait until the answer is there, the scorer has taken too long, or the batch has no time left."""
        while not question.done.is_set():
            now = time.monotonic()
            left = min(question.until, question.begun + self._seconds) - now
            if left <= 0:
                return ScorerAnswer(failure=OUT_OF_TIME)
            # Short steps while no thread has begun with it: its own time limit begins when one does.
            question.done.wait(left if question.begun < math.inf else min(left, self._seconds / 10))
        return question.answer or ScorerAnswer(failure=OUT_OF_TIME)
