"""A webhook event is two files: its name in the list of events, and its rule."""

import json

from tests.support.tree_copy import TreeCopy

ASK = """
import json
from datetime import UTC, datetime
from click.testing import CliRunner
from comments.lifecycle import Status
from comments.site import WEBHOOK_EVENTS
from comments.storage.deliveries import Delivery
from replygate.__main__ import cli
from tests.support.builders import NOW, a_comment
from workers.delivery.webhook_payload import event_body

def sent(status):
    delivery = Delivery("hook", "c1", 2, status, "example.com", NOW, NOW)
    return json.loads(event_body(delivery, a_comment(), None))["type"]

help = CliRunner().invoke(cli, ["webhook", "add", "--help"]).output
print(json.dumps({
    "events": WEBHOOK_EVENTS,
    "types": [sent(Status.SPAM), sent(Status.HELD), sent(Status.APPROVED)],
    "help": "spam" in help,
}))
"""


def test_a_new_event_is_sent_under_its_name_and_offered_by_the_command_line(tree: TreeCopy) -> None:
    tree.replace("comments/site.py", '("published", "decision")', '("published", "decision", "spam")')
    tree.replace(
        "workers/delivery/webhook_payload.py",
        '    return "published" if status is Status.APPROVED else "decision"',
        '    return {Status.APPROVED: "published", Status.SPAM: "spam"}.get(status, "decision")',
    )
    found = json.loads(tree.run(ASK).splitlines()[-1])
    assert found == {
        "events": ["published", "decision", "spam"],
        "types": ["spam", "decision", "published"],
        "help": True,
    }
    assert len(tree.changed) == 2
