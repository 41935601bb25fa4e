"""A moderator action is one row of the table: its button, key, colour, API value, bulk action and audit act follow."""

import json

from tests.support.tree_copy import TreeCopy

ROW = """    ESCALATE = (
        "escalate",
        ActionRow(
            past="Escalated",
            result=Status.HELD,
            allowed={Role.MODERATOR: (Status.APPROVED, Status.REMOVED)},
            label="Escalate",
            key="e",
            tone="bad",
            bulk="Escalate {}",
            bulk_done="Escalated {}",
            help="ask the owner",
            audit="comment.escalate",
        ),
    )
"""

ASK = """
import json
from comments.lifecycle import Action
from tests.support.web_app import HTML, open_web_app, judged, page
from tests.support.markup import parse
from tests.support.stored import new_storage

web_app = open_web_app(new_storage(), sites=("blog",))
mo = web_app.signed_in("mo", blog="owner")
first, second, third, fourth = (judged(web_app.storage, Action.APPROVE, content=f"number {n}") for n in range(4))

def last(comment):
    now = web_app.storage.comments.get("blog", comment.id)
    return [now.status.value, now.decisions[-1].action.value]

root = parse(page(mo, "/review/blog?status=approved"))
button = next(b for b in root.iterfind(".//article//button") if b.get("value") == "escalate")
bulk = [b.get("value") for b in root.iterfind(".//form[@id='bulk']//button[@name='action']")]
table = json.loads(root.find(".//meta[@name='script-table']").get("content"))
api = mo.post_json(f"/v1/sites/blog/review/comments/{first.id}/decisions", {"version": 1, "action": "escalate"})
steps = [{"id": second.id, "version": 1, "action": "escalate"}]
many = mo.post_json("/v1/sites/blog/review/decisions", {"decisions": steps})
form = mo.post_form(f"/review/blog/{third.id}", version=1, action="escalate")
preview = mo.get(f"/review/blog/bulk?action=escalate&item={fourth.id}.1", headers=HTML).text
begun = mo.post_form("/review/blog/bulk", action="escalate", item=f"{fourth.id}.1")
undone = mo.post_json(f"/v1/sites/blog/review/comments/{first.id}/undo", {"version": 2})
audit = page(mo, "/sites/blog/audit?action=comment.escalate")
schemas = json.dumps(mo.get("/openapi.json").json)
print(json.dumps({
    "button": [" ".join("".join(button.itertext()).split()), button.get("class")],
    "bulk": "escalate" in bulk,
    "key": table["actions"]["escalate"]["key"],
    "api": [api.status_code, many.json["results"][0]["status"], form.status_code, undone.status_code],
    "decided": [last(c) for c in (second, third, fourth)],
    "preview": "Escalate 1 " in preview,
    "flash": "Escalated" in page(mo, form.location),
    "progress": "Escalate" in page(mo, begun.location),
    "audit": audit.count('data-action="comment.escalate"'),
    "audit filter": '<option value="comment.escalate" selected>' in audit,
    "openapi": '"escalate"' in schemas,
}))
"""


def test_a_new_action_has_its_button_key_and_colour_and_is_accepted_everywhere(tree: TreeCopy) -> None:
    tree.insert("comments/lifecycle.py", "    UNDO = (\n", ROW)
    found = json.loads(tree.run(ASK).splitlines()[-1])
    assert found == {
        "button": ["Escalate e", "bad"],
        "bulk": True,
        "key": "e",
        "api": [200, 200, 303, 200],
        "decided": [["held", "escalate"]] * 3,
        "preview": True,
        "flash": True,
        "progress": True,
        "audit": 4,
        "audit filter": True,
        "openapi": True,
    }
    assert tree.changed == {"comments/lifecycle.py"}
