"""Take down comments in the name of their authors, with all effects, before their texts are deleted."""

from collections.abc import Sequence
from datetime import datetime

from comments.drafts import withdrawn
from comments.lifecycle import Action, Role, actions_for
from comments.storage.interfaces import Storage
from comments.storage.values import CommentChange


def withdraw_open(storage: Storage, site: str, ids: Sequence[str], now: datetime) -> None:
    """Withdraw comments that readers or moderators see: in threads, feeds, the queue and for webhooks."""
    for _ in range(3):
        comments = [comment for comment in storage.comments.load(site, ids) if comment]
        open_ones = [c for c in comments if c.has_text and Action.WITHDRAW in actions_for(Role.AUTHOR, c.author_status)]
        if not open_ones:
            return
        storage.comments.decide(site, [CommentChange(c, withdrawn(c, now)) for c in open_ones])
