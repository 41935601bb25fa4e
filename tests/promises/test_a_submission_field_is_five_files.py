"""A field that visitors fill in is a row of the table of fields, and a line in each model that shows it."""

import json

from tests.support.tree_copy import TreeCopy

ROW = """        VisitorField("pronouns", "Pronouns", "Enter your pronouns.", "Pronouns to show.", "she/her", 40),
"""

ASK = """
import json, sys
from comments.lifecycle import Action
from comments.storage.redis import open_redis
from tests.support.builders import decided, settings
from tests.support.web_app import HTML, open_web_app

storage = open_redis(settings(redis_url=sys.argv[1]))
web_app = open_web_app(storage, sites=("blog",))
web = web_app.app.test_client()
fields = {"thread": "first-post", "author": "Ada", "email": "ada@example.com", "content": "Hello"}
fields["pronouns"] = "she/her"
sent = web.post("/v1/sites/blog/comments", json=fields)
slow = web.post("/v1/sites/blog/comments", json={**fields, "pronouns": "x" * 41})
comment = storage.comments.get("blog", sent.json["id"])
seen = web_app.signed_in("mo", blog="moderator").get(f"/v1/sites/blog/review/comments/{comment.id}").json
decided(storage, comment, Action.APPROVE)
public = web.get("/v1/sites/blog/comments?thread=first-post").json["comments"][0]
page = web.post("/v1/sites/blog/comments", data={**fields, "content": ""}, headers=HTML).text
schema = web.get("/openapi.json").json["components"]["schemas"]["Submission"]["properties"]["pronouns"]
print(json.dumps({
    "accepted": sent.status_code,
    "refused": [slow.status_code, slow.json["problems"][0]["message"]],
    "stored": comment.pronouns,
    "moderators": seen.get("comment", seen)["pronouns"],
    "readers": public["pronouns"],
    "form": 'name="pronouns" maxlength="40"' in page and 'value="she/her"' in page,
    "schema": [schema["description"], schema["maxLength"]],
}))
"""


def test_a_new_field_is_accepted_checked_stored_and_shown(tree: TreeCopy, valkey_url: str) -> None:
    tree.replace("comments/visitor_fields.py", '"url", "content"]', '"url", "content", "pronouns"]')
    tree.insert("comments/visitor_fields.py", '        VisitorField(\n            "content",', ROW)
    tree.insert("comments/model.py", '    content: str = ""\n    origin', '    pronouns: str = ""\n')
    tree.insert(
        "service/web/schemas.py",
        '    content: str = visitor_field("content")\n',
        '    pronouns: str = visitor_field("pronouns")\n',
    )
    tree.insert(
        "service/web/schemas.py", '    content: str = Field(description="Text as written', "    pronouns: str\n"
    )
    tree.insert(
        "comments/public_view.py", '        "content": without_reordering', '        "pronouns": comment.pronouns,\n'
    )
    tree.replace(
        "service/review/presenter.py", '*("author", "url", "content"', '*("author", "url", "pronouns", "content"'
    )
    tree.insert("service/review/presenter.py", '    content: str = Field(description="', "    pronouns: str\n")
    found = json.loads(tree.run(ASK, valkey_url).splitlines()[-1])
    assert found == {
        "accepted": 202,
        "refused": [422, "Pronouns has 41 characters; the limit is 40."],
        "stored": "she/her",
        "moderators": "she/her",
        "readers": "she/her",
        "form": True,
        "schema": ["Pronouns to show.", 40],
    }
    assert len(tree.changed) == 5
