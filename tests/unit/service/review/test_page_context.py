"""The table of actions and shortcuts in the pages."""

import json

from comments.lifecycle import BUTTONS, REVIEWED, Action
from service.review.page_context import SHORTCUTS, script_table


def test_no_two_shortcuts_share_a_key() -> None:
    keys = [action.row.key for action in BUTTONS] + [key for _, key, _ in SHORTCUTS]
    assert len(keys) == len(set(keys))
    assert not any(key.isdigit() for key in keys)  # digits choose a reason


def test_every_button_has_its_texts() -> None:
    for action in BUTTONS:
        row = action.row
        assert all((row.label, row.key, row.past, row.help, row.audit)), action
        assert row.tone in {"good", "warn", "bad"}
        assert row.bulk.format("14 comments") != row.bulk
        assert row.bulk_done.format("14 comments") != row.bulk_done
    assert Action.SPAM.row.bulk_done.format("14 comments") == "Marked 14 comments as spam"


def test_scripts_get_the_table_as_json() -> None:
    table = json.loads(json.dumps(script_table()))
    assert table["actions"]["spam"]["result"] == "spam"
    assert table["actions"]["undo"]["result"] is None
    assert set(REVIEWED) <= set(table["statuses"])
