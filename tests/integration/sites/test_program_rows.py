"""Other programs in the settings: what to enter in each of them, and their latest requests."""

import re

from comments.storage.interfaces import Storage
from service.sites.program_rows import latest_requests
from tests.support.akismet import HAM, SPAM, open_akismet
from tests.support.markup import parse
from tests.support.perspective import open_perspective
from tests.support.web_app import SignedInClient, WebApp, page

PAGE = "/sites/blog/settings/programs"


def test_every_program_has_its_address_and_a_way_to_its_keys(web_app: WebApp, owner: SignedInClient) -> None:
    root = parse(page(owner, PAGE))
    found = {node.get("id"): node.get("value") for node in root.iter("input") if node.get("readonly") is not None}
    server = found["akismet-address"]
    assert found == {
        "akismet-address": server, "checks-address": f"{server}/v1/sites/blog/checks",
        "perspective-address": f"{server}/v1alpha1", "coral-address": f"{server}/v1/sites/blog/coral",
        "isso-address": f"{server}/isso/blog/", "mcp-address": server,
    }  # fmt: skip
    links = {node.get("href") for node in root.iter("a")}
    pages = ["akismet", "keys", "import", "team"]
    assert {f"/sites/blog/{name}" for name in pages} <= links
    assert all(owner.get(f"/sites/blog/{name}").status_code == 200 for name in pages)
    assert page(owner, PAGE).count("No request yet") == 4


def test_the_latest_request_of_each_program_is_shown(web_app: WebApp, owner: SignedInClient, storage: Storage) -> None:
    akismet = open_akismet(storage, origins=("https://blog.example",))
    akismet.check(HAM)
    akismet.check(SPAM)
    text = re.sub(r"<[^>]+>", "", page(owner, PAGE))
    assert re.search(r"Latest request [^:]+: spam", text)
    assert text.count("No request yet") == 3


def test_requests_are_listed_by_their_protocol(storage: Storage) -> None:
    open_akismet(storage).check(HAM)
    open_perspective(storage).analyze("Thank you for the map.")
    found = latest_requests(storage.checks.latest("blog", 9))
    assert {name: request.verdict for name, request in found.items()} == {
        "akismet": "no spam",
        "perspective": "no spam",
    }
