"""A filter is two files: its module, and a line in the ordered list. Explanation, queue order and docs table follow."""

import json

from tests.support.tree_copy import TreeCopy

MODULE = '''"""Poems: comments in verse."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from comments.model import Comment, Signal
from comments.signals import SignalCatalogue, SignalInfo

from .base import Facts, Filter


@dataclass(frozen=True)
class PoemFilter(Filter):
    name = "poem"
    signals: ClassVar[SignalCatalogue] = {
        "poem.rhyme": SignalInfo(
            6.0, "the lines rhyme", "it rhymed less ({evidence})", gradual=True, harm=3.0, title="Rhymes a lot",
            sentence="Its lines rhyme: {evidence}.", tone="warn",
        )
    }

    def __call__(self, comment: Comment, facts: Facts) -> Iterator[Signal]:
        if comment.content.endswith("moon\\nsoon"):
            yield Signal("poem.rhyme", 1.0, "moon, soon")
'''

ASK = """
import json
from comments.explanations import explanation
from comments.lifecycle import Status
from comments.queue_ranking import index_entry
from tests.support.builders import NOW, a_comment, a_site
from comments.storage.memory import open_memory
from workers.filters import BUILT_IN
from workers.judging.judge import Judging, judge_batch
from workers.judging.policy import build_policy, catalogue

storage = open_memory(lambda: NOW)
comment = a_comment(content="I see the moon\\nsoon")
site, policy = a_site(moderation="none"), build_policy(BUILT_IN, {})
changes = judge_batch(Judging(BUILT_IN, policy, storage), [(comment, 1)], site, NOW)
decision = changes[0].after.filter_decision
signals = catalogue(BUILT_IN)
plain = {name: info for name, info in signals.items() if name != "poem.rhyme"}
print(json.dumps({
    "held": changes[0].after.status is Status.HELD,
    "points": {s.name: s.points for s in decision.signals}["poem.rhyme"],
    "explanation": "it rhymed less (moon, soon)" in explanation(decision, signals),
    "comes sooner": index_entry(changes[0].after, signals).rank < index_entry(changes[0].after, plain).rank,
}))
"""

DECLARED = "tests/unit/workers/filters/test_declarations.py"


def add_filter(tree: TreeCopy, module: str = MODULE) -> None:
    tree.write("workers/filters/poem.py", module)
    source = (tree.root / "workers/filters/__init__.py").read_text(encoding="utf-8")
    source = source.replace("from .profanity import", "from .poem import PoemFilter\nfrom .profanity import")
    tree.write(
        "workers/filters/__init__.py",
        source.replace("    LearnedFilter(),\n", "    LearnedFilter(),\n    PoemFilter(),\n"),
    )


def test_a_new_filter_judges_is_explained_ranks_and_is_in_the_docs(tree: TreeCopy) -> None:
    add_filter(tree)
    found = json.loads(tree.run(ASK).splitlines()[-1])
    assert found == {"held": True, "points": 6.0, "explanation": True, "comes sooner": True}
    assert tree.changed == {"workers/filters/poem.py", "workers/filters/__init__.py"}
    assert tree.python("-m", "pytest", "-q", "-n", "0", DECLARED).returncode == 0
    assert tree.python("-m", "docs.signal_table").returncode == 0
    assert "| `poem.rhyme` | 6 | the lines rhyme |" in (tree.root / "docs/signals.md").read_text(encoding="utf-8")


def test_a_filter_without_its_explanation_fails_a_test(tree: TreeCopy) -> None:
    add_filter(tree, MODULE.replace(', "it rhymed less ({evidence})", gradual=True, harm=3.0', ""))
    failed = tree.python("-m", "pytest", "-q", "-n", "0", DECLARED)
    assert failed.returncode == 1
    assert "poem.rhyme: avoided_by is missing" in failed.stdout
