"""A site setting is one declaration: form, command line, checks, storage and the docs table follow."""

import json

from tests.support.tree_copy import TreeCopy

DECLARATION = """    quiet_hours: Annotated[
        int,
        setting("Quiet hours", "Hours at night in which comments wait for a moderator.", ge=0, le=12),
    ] = 0
"""

ASK = """
import json
from datetime import UTC, datetime
from dataclasses import replace
from click.testing import CliRunner
from comments.site import Site
from comments.storage.codec import dump, load
from tests.support.stored import new_storage
from replygate.__main__ import cli
from replygate.deployment import Deployment
from tests.support.builders import a_site, settings
from tests.support.web_app import Clock, open_web_app, page
from tests.support.markup import parse
from tests.unit.conftest import OneQueue

web_app = open_web_app(new_storage(), sites=("blog",))
owner = web_app.signed_in("ow", blog="owner")

def form():
    return parse(page(owner, "/sites/blog/settings/review"))

def replygate(*words):
    here = Deployment(settings(), web_app.storage, OneQueue(), lambda: datetime.now(UTC))
    return CliRunner().invoke(cli, ["site", *words], obj=here)

root = form()
field = root.find(".//input[@id='quiet_hours']")
shown = [root.find(".//label[@for='quiet_hours']").text, root.find(".//span[@id='quiet_hours-hint']").text,
         *(field.get(name) for name in ("type", "min", "max", "value"))]
refused = replygate("set", "blog", "quiet_hours=13", "max_links=many")
answer = replygate("set", "blog", "quiet_hours=8")
site = web_app.storage.sites.get("blog")
print(json.dumps({
    "form": shown,
    "refused": [refused.exit_code, "quiet_hours must be from 0 to 12" in refused.output, "max_links" in refused.output],
    "set": [answer.exit_code, site.quiet_hours],
    "shown": "quiet_hours=8" in replygate("show", "blog").output,
    "explained": "quiet_hours=0 (from 0 to 12)" in replygate("settings").output,
    "form after": form().find(".//input[@id='quiet_hours']").get("value"),
    "stored": json.loads(dump(site)).get("quiet_hours"),
    "default stored": "quiet_hours" in json.loads(dump(replace(site, quiet_hours=0))),
    "read back": load(Site, dump(site)) == site,
    "audit": "Quiet hours" in page(owner, "/sites/blog/audit"),
}))
"""


def test_a_new_setting_is_in_the_form_the_command_line_the_storage_and_the_docs(tree: TreeCopy) -> None:
    tree.insert("comments/setting_groups/review_settings.py", "    hide_emails: Annotated[", DECLARATION)
    found = json.loads(tree.run(ASK).splitlines()[-1])
    assert found == {
        "form": ["Quiet hours", "Hours at night in which comments wait for a moderator.", "number", "0", "12", "0"],
        "refused": [2, True, True],
        "set": [0, 8],
        "shown": True,
        "explained": True,
        "form after": "8",
        "stored": 8,
        "default stored": False,
        "read back": True,
        "audit": True,
    }
    assert tree.changed == {"comments/setting_groups/review_settings.py"}
    assert tree.python("-m", "docs.site_settings").returncode == 0
    page = (tree.root / "docs/configuration.md").read_text()
    assert "| `quiet_hours` | `0` | from 0 to 12 | **Quiet hours.** Hours at night" in page
