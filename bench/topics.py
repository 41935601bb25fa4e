"""Count honest comments that are held because a site has a few lessons of spam about the same topic.

    python -m bench.topics [FILE]

FILE is `tests/unit/workers/learning/topic_probes.jsonl` by default. Its lessons are spam about programming, money and
phones, advertising and criticism, and as many honest comments about other things. Its probes are honest comments about
these topics, and further spam. All were written for this and never used for training. Each probe is the first comment
of its author, with `moderation=suspicious`, and all filters run.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from comments.lifecycle import Action
from comments.site import Site
from replygate.evaluation.labelled_comments import Example, read
from replygate.evaluation.replay import ReplayCorpus, held, lesson
from workers.filters import BUILT_IN, Facts
from workers.judging.judge import decision_for, run_filters
from workers.judging.policy import build_policy
from workers.learning.combined_model import combined_score

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SITE = Site("blog", "A blog", NOW, required=(), moderation="suspicious")
PROBES = Path(__file__).parents[1] / "tests/unit/workers/learning/topic_probes.jsonl"

Outcomes = Mapping[tuple[bool, str], Sequence[Action]]


def examples(lines: Sequence[str], use: str) -> Iterator[Example]:
    """Yield the lessons or the probes of a file, with an id each."""
    for n, example in enumerate(read([line for line in lines if json.loads(line)["use"] == use]).examples):
        yield replace(example, comment=replace(example.comment, id=f"{n:05}"))


def taught(lines: Sequence[str]) -> ReplayCorpus:
    """Return a site whose moderators decided all lessons of a file."""
    corpus = ReplayCorpus()
    for example in examples(lines, "lesson"):
        score = combined_score(example.comment, corpus.about(example.comment))
        corpus.learn(lesson(example, held(example, score.log_odds)))
    return corpus


def outcomes(lines: Sequence[str], corpus: ReplayCorpus) -> Outcomes:
    """Return the decisions about the probes, for each label and topic."""
    found = defaultdict(list)
    policy = build_policy(BUILT_IN, {})
    for example in examples(lines, "probe"):
        facts = Facts(SITE, NOW, corpus=corpus.about(example.comment))
        decision = decision_for(example.comment, facts, run_filters(example.comment, facts, BUILT_IN), policy)
        found[example.spam, example.source].append(decision.action)
    return found


def held_or_spam(actions: Sequence[Action]) -> int:
    return sum(action is not Action.APPROVE for action in actions)


def main() -> None:
    lines = Path((*sys.argv[1:], str(PROBES))[0]).read_text(encoding="utf-8").splitlines()
    before, after = (outcomes(lines, corpus) for corpus in (ReplayCorpus(), taught(lines)))
    print(f"{'held or spam':28}{'of':>4}{'new site':>12}{'after lessons':>16}")
    for (spam, topic), actions in after.items():
        cells = f"{held_or_spam(before[spam, topic]):>12}{held_or_spam(actions):>16}"
        print(f"{('spam: ' if spam else 'honest: ') + topic:28}{len(actions):>4}{cells}")


if __name__ == "__main__":
    main()
