"""Replay a blog over an upgrade, and count how often a returning author is reviewed as if they were new.

    python -m bench.author_trust STREAM

STREAM is a file of comments in order of time, one JSON object a line, with author and label. The upgrade is in the
middle: browsers have no author secret before it. Three in ten comments come from another network than the author's
last, and one in ten from a browser without the secret. A moderator approves what is held. Only the rules about authors
run. The last line is the attack: a stranger types the address of a regular, from another network.
"""

import json
import random
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from comments.lifecycle import Action, Role, Status
from comments.model import Comment, Decision
from comments.pseudonyms import digest, new_id
from comments.site import Site
from comments.storage.interfaces import CoreStorage
from comments.storage.memory import open_memory
from comments.storage.values import Admission, CommentChange
from workers.filters.author import AuthorFilter
from workers.judging.judge import collect_facts, run_filters

BEGIN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SITE = Site("blog", "A blog", BEGIN, required=(), moderation="first", max_content=100_000)
OTHER_NETWORK, OTHER_BROWSER = 0.3, 0.1
FILTERS = (AuthorFilter(),)


def is_new(storage: CoreStorage, comment: Comment) -> bool:
    """Return True if the rules take the author for a new one."""
    (facts,) = collect_facts([(comment, 1)], SITE, FILTERS, storage, BEGIN)
    return any(signal.name == "author.first" for signal in run_filters(comment, facts, FILTERS))


def publish(storage: CoreStorage, comment: Comment, by_moderator: bool) -> None:
    storage.comments.accept(comment, Admission(fingerprint=comment.id, max_pending=10**6))
    steps = [(Action.HOLD, Role.FILTERS), (Action.APPROVE, Role.MODERATOR)]
    for action, role in steps if by_moderator else [(Action.APPROVE, Role.FILTERS)]:
        after = comment.with_decision(Decision(action, Status.APPROVED, role, "bench", BEGIN))
        storage.comments.decide(SITE.id, [CommentChange(comment, after)])
        comment = after


def replay(path: Path) -> dict[str, tuple[int, int]]:
    """Return for each part of the stream the reviewed and all comments of returning authors."""
    draw, storage = random.Random(1), open_memory(lambda: BEGIN)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    authors = [row["author"] for row in rows if row["label"] == "ham" and row["author"]]
    networks: dict[str, str] = {}
    counts = {"before": [0, 0], "after": [0, 0], "attack": [0, 0]}
    for n, author in enumerate(authors):
        returns, upgraded = author in networks, n >= len(authors) // 2
        if not returns or draw.random() < OTHER_NETWORK:
            networks[author] = new_id()
        has_secret = upgraded and draw.random() >= OTHER_BROWSER
        comment = Comment(
            id=new_id(),
            site=SITE.id,
            thread="post",
            received=BEGIN + timedelta(seconds=n),
            author=author,
            content="text",
            identity=digest(author),
            origin=networks[author],
            browser=digest("browser", author) if has_secret else new_id() if upgraded else "",
        )
        new = is_new(storage, comment)
        if returns:
            counts["after" if upgraded else "before"][0] += new
            counts["after" if upgraded else "before"][1] += 1
            stranger = replace(comment, id=new_id(), origin=new_id(), browser=new_id())
            counts["attack"][0] += is_new(storage, stranger)
            counts["attack"][1] += 1
        publish(storage, comment, by_moderator=new)
    return {part: (reviewed, n) for part, (reviewed, n) in counts.items()}


if __name__ == "__main__":
    for part, (reviewed, n) in replay(Path(sys.argv[1])).items():
        print(f"{part:7} {reviewed:5} of {n:5} comments of returning authors reviewed ({reviewed / max(n, 1):.1%})")
