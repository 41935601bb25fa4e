"""Cards as text: title, summary, reasons and the smallest change, as moderators read them.

Run `python -m tests.support.reason_cards FILE` to write the golden file anew.
"""

import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from comments.lifecycle import Status
from comments.model import Comment
from comments.settings import Settings
from comments.signals import SignalCatalogue
from comments.storage.interfaces import Storage
from comments.storage.redis import open_redis
from replygate.commands.demo_command import fill
from replygate.embedded_valkey import start
from service.demo import DEMO_SITE
from service.web.reasons import ExplainedSignal, Reasons, reasons_of
from tests.support.builders import settings
from workers.filters import BUILT_IN
from workers.judging.policy import catalogue

#: Time of the demo in the golden file.
DEMO_NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
#: Cards in the golden file.
N_CARDS = 20
HEAD = """\
# Cards of the demo, as moderators read them.
#
# People review this file: each line must read as natural English. A test judges the demo's comments with the real judge
# and compares. If a change of a filter changes a line, write the file anew, read the difference aloud, and change the
# sentences in workers/filters until it reads well:
#
#     python -m tests.support.reason_cards tests/data/demo_reasons.golden.txt

"""


def demo_cards(storage: Storage, deployment: Settings) -> str:
    """Fill the demo and return the golden file: what needs review first, then spam and published comments."""
    fill(storage, deployment, DEMO_SITE, 1, DEMO_NOW, again=False)
    return HEAD + "\n".join(_card(comment, catalogue(BUILT_IN)) for comment in _chosen(storage))


def _chosen(storage: Storage) -> Sequence[Comment]:
    found = [c for status in Status for c in storage.comments.by_status(DEMO_SITE, status, 200).rows]
    of_filters = [c for c in found if c.filter_decision and not c.draft_of]
    return _distinct(sorted(of_filters, key=_importance))[:N_CARDS]


def _importance(comment: Comment) -> tuple[bool, int, str]:
    """Held comments first, then those with the most signals."""
    verdict = comment.filter_decision
    assert verdict
    return comment.status is not Status.HELD, -len(verdict.signals), comment.content


def _distinct(comments: Iterable[Comment]) -> list[Comment]:
    """Leave out comments with the same signals as two others."""
    seen: dict[frozenset[str], int] = {}
    chosen = []
    for comment in comments:
        verdict = comment.filter_decision
        assert verdict
        names = frozenset(signal.name for signal in verdict.signals)
        seen[names] = seen.get(names, 0) + 1
        if seen[names] <= 2:
            chosen.append(comment)
    return chosen


def _card(comment: Comment, signals: SignalCatalogue) -> str:
    reasons = reasons_of(comment.filter_decision, signals)
    assert reasons
    return "\n".join((*_title(comment, reasons), *_reason_lines(reasons), reasons.approved_if or "Published.", ""))


def _title(comment: Comment, reasons: Reasons) -> Iterator[str]:
    text = " ".join(comment.content.split())
    yield f"== {comment.author or 'Anonymous'}: {text[:90]}{'…' if len(text) > 90 else ''}"
    yield f"{reasons.status.label}: {' · '.join(item.title for item in reasons.summary)}"


def _reason_lines(reasons: Reasons) -> Iterator[str]:
    for signal in reasons.signals:
        yield f"  [{signal.tone}] {signal.title}{_points(signal)}. {signal.sentence}"
        for clue in signal.clues:
            yield f"      {'+' if clue.tone == 'bad' else '-'} {clue.text} ({clue.source})"


def _points(signal: ExplainedSignal) -> str:
    if signal.holds:
        return " (review)"
    return f" ({signal.points:+.1f})" if abs(signal.points) >= 0.05 else ""


def main(path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="rg") as directory:
        server = start(Path(directory), fsync="everysec")
        try:
            deployment = settings(redis_url=server.url)
            path.write_text(demo_cards(open_redis(deployment), deployment), encoding="utf-8")
        finally:
            server.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
