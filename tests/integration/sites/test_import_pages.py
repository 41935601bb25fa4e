"""Owners import comments in the browser and by the API: upload, report of the dry run, start, the same report."""

import gzip
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest

from comments.archive.site_export import export_lines
from comments.audit import AuditAction
from comments.comment_export import all_comments
from comments.lifecycle import Status
from comments.pseudonyms import Pseudonyms
from comments.settings import Settings
from comments.storage.import_uploads import ImportPhase
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from comments.text_cleaning import clean_text
from tests.support.builders import SECRET, a_site, published, settings
from tests.support.lively_site import fill_site
from tests.support.recorded_jobs import RecordedJobs
from tests.support.web_app import SignedInClient, WebApp, open_web_app
from workers.deps import Deps, now, set_deps
from workers.importing.upload_import import import_step
from workers.jobs import import_upload
from workers.judging.policy import build_policy

EXPORTS = Path(__file__).parents[2] / "data/imports"
PAGE, API = "/sites/blog/import", "/v1/sites/blog/import"


@pytest.fixture
def worker(storage: Storage) -> Deps:
    worker = Deps(settings(), storage, now, RecordedJobs(), (), build_policy((), {}))
    set_deps(worker)
    return worker


@pytest.fixture
def web(storage: Storage, worker: Deps) -> WebApp:
    web = open_web_app(storage)
    storage.sites.put(a_site(origins=("https://pier.example",)))
    return web


@pytest.fixture
def owner(web: WebApp) -> SignedInClient:
    return web.signed_in("ines", blog="owner")


def send(owner: SignedInClient, name: str, program: str, **fields: object) -> int:
    file = (io.BytesIO((EXPORTS / name).read_bytes()), name)
    return owner.post_form(PAGE, step="upload", program=program, file=file, **fields).status_code


def shown(owner: SignedInClient) -> str:
    text = re.sub(r"<[^>]+>", " ", owner.get(PAGE).get_data(as_text=True))
    return " ".join(text.split())


def test_an_owner_sees_the_report_before_anything_is_stored(
    web: WebApp, owner: SignedInClient, storage: Storage
) -> None:
    assert send(owner, "wordpress.wxr.xml", "wxr") == 303
    assert "Checking the file" in shown(owner)
    assert 'http-equiv="refresh"' in owner.get(PAGE).get_data(as_text=True)
    import_upload("blog", "")
    report = shown(owner)
    assert "100 comments to import from WordPress, on 4 pages" in report
    assert "3 pingbacks or trackbacks" in report
    assert list(all_comments(storage, "blog")) == []
    assert owner.post_form(PAGE, step="start").status_code == 303
    assert "Importing" in shown(owner)
    import_upload("blog", "")
    assert "Imported 100 comments from WordPress, on 4 pages" in shown(owner)
    assert len(list(all_comments(storage, "blog"))) == 100
    assert [e.action for e in storage.audit.all("blog") if e.by == "ines"] == [AuditAction.IMPORT]


def test_the_uploaded_file_is_deleted_once_it_is_imported(owner: SignedInClient, valkey_settings: Settings) -> None:
    send(owner, "disqus.xml", "disqus")
    client = connect(valkey_settings)

    def parts() -> list[str]:
        return sorted(key.decode().rpartition(":")[2] for key in client.scan_iter("rg:{blog}:import:*"))

    assert parts() == ["file"]
    assert all(client.ttl(key) > 0 for key in client.scan_iter("rg:{blog}:import*"))
    import_upload("blog", "")
    assert parts() == ["rows"]
    owner.post_form(PAGE, step="start")
    import_upload("blog", "")
    assert parts() == []


def test_a_damaged_file_is_refused_with_advice(owner: SignedInClient, storage: Storage) -> None:
    file = (io.BytesIO((EXPORTS / "disqus.xml").read_bytes()[:3000]), "disqus.xml")
    owner.post_form(PAGE, step="upload", program="disqus", file=file)
    import_upload("blog", "")
    assert "The XML is damaged or cut off" in shown(owner)
    assert "Nothing was imported." in shown(owner)
    assert owner.get(API).json["problem"].endswith("Nothing was imported.")
    owner.post_form(PAGE, step="discard")
    assert "Upload an export" in shown(owner)


def test_a_form_without_a_file_says_so(owner: SignedInClient) -> None:
    answer = owner.post_form(PAGE, step="upload", program="wxr")
    assert answer.status_code == 422
    assert "Choose the file that you exported" in answer.get_data(as_text=True)
    empty = owner.post_form(PAGE, step="upload", program="wxr", file=(io.BytesIO(b""), "empty.xml"))
    assert empty.status_code == 422


def test_a_file_beyond_the_limit_is_refused_and_not_kept(owner: SignedInClient, storage: Storage) -> None:
    large = (io.BytesIO(b"x" * (8 * 2**20 + 1)), "large.xml")
    answer = owner.post_form(PAGE, step="upload", program="wxr", file=large)
    answer.request.environ["wsgi.input"].close()  # the test's client leaves its large request open
    assert answer.status_code == 422
    assert "replygate import" in answer.get_data(as_text=True)
    assert storage.import_uploads.get("blog") is None


def test_an_import_under_way_is_not_replaced(owner: SignedInClient) -> None:
    send(owner, "disqus.xml", "disqus")
    assert send(owner, "isso.db", "isso") == 422
    assert owner.post_form(PAGE, step="start").status_code == 422


@pytest.mark.parametrize("role", ["viewer", "moderator"])
def test_only_owners_import(web: WebApp, role: str) -> None:
    other = web.signed_in("mo", blog=role)
    assert other.get(PAGE).status_code in (403, 404)
    assert other.post_form(PAGE, step="discard").status_code in (403, 404)
    assert other.get(API).status_code in (403, 404)


def test_the_api_takes_the_same_steps(owner: SignedInClient, storage: Storage) -> None:
    headers = {"X-CSRF-Token": owner.csrf}
    body = (EXPORTS / "remark42.json.gz").read_bytes()
    sent = owner.client.post(f"{API}?program=remark42&name=backup.gz", data=body, headers=headers)
    assert (sent.status_code, sent.json["phase"]) == (202, "uploaded")
    import_upload("blog", "")
    checked = owner.get(API).json
    assert (checked["phase"], checked["report"]["added"]) == ("ready", {"published": 5, "withdrawn": 1})
    assert owner.client.post(f"{API}/start", headers=headers).status_code == 202
    import_upload("blog", "")
    assert owner.get(API).json["phase"] == "done"
    assert owner.get(API).json["report"] == checked["report"]
    assert owner.client.delete(API, headers=headers).status_code == 204
    assert owner.get(API).status_code == 404


def test_pages_are_mapped_by_a_second_file(owner: SignedInClient, storage: Storage) -> None:
    pages = (io.BytesIO(b"old,new\nhttps://pier.example/2012/closed.html,https://pier.example/new\n"), "pages.csv")
    assert send(owner, "disqus.xml", "disqus", pages=pages) == 303
    import_upload("blog", "")
    owner.post_form(PAGE, step="start")
    import_upload("blog", "")
    assert storage.threads.counts("blog", ["https://pier.example/new"]) == [1]


def test_a_step_that_is_repeated_after_a_kill_imports_everything_once(
    owner: SignedInClient, storage: Storage, worker: Deps
) -> None:
    send(owner, "wordpress.wxr.xml", "wxr")
    import_upload("blog", "")
    owner.post_form(PAGE, step="start")
    before = storage.import_uploads.get("blog")
    assert before is not None
    assert import_step(worker, storage.sites.get("blog"))
    killed = storage.import_uploads.get("blog")
    assert killed is not None
    assert killed.done == 1
    assert storage.import_uploads.replace("blog", killed, before)  # the worker died before it recorded the step
    import_upload("blog", "")
    assert len(list(all_comments(storage, "blog"))) == 100
    assert storage.import_uploads.get("blog").phase is ImportPhase.DONE  # type: ignore[union-attr]


def test_a_file_that_cannot_be_read_in_time_is_given_up(owner: SignedInClient, storage: Storage, worker: Deps) -> None:
    send(owner, "disqus.xml", "disqus")
    state = storage.import_uploads.get("blog")
    assert state is not None
    storage.import_uploads.replace("blog", state, replace(state, attempts=3))
    import_upload("blog", "")
    assert "replygate import" in shown(owner)


def exported_site(web: WebApp, seed: int, id: str = "shop") -> bytes:
    """Return an export of another site with everything that a site can have."""
    fill_site(web.storage, seed, id)
    lines = export_lines(web.storage, web.storage.sites.get(id), Pseudonyms(SECRET))
    return "".join(f"{line}\n" for line in lines).encode()


def upload(owner: SignedInClient, content: bytes) -> int:
    file = (io.BytesIO(content), "shop.jsonl")
    return owner.post_form(PAGE, step="upload", program="replygate", file=file).status_code


@pytest.mark.parametrize("seed", [1, 2])
def test_an_export_of_another_site_brings_its_comments_and_nothing_else(
    web: WebApp, storage: Storage, worker: Deps, seed: int
) -> None:
    content, owner = exported_site(web, seed), web.signed_in("rosa", blog="owner")
    source = {c.id: c for c in all_comments(storage, "shop") if not c.draft_of}
    kept = (storage.sites.get("blog"), storage.people.all(), storage.author_rules.all("blog"))
    assert upload(owner, gzip.compress(content)) == 303
    import_upload("blog", "")
    assert list(all_comments(storage, "blog")) == []
    assert "from Replygate" in shown(owner)
    owner.post_form(PAGE, step="start")
    import_upload("blog", "")
    found = {c.id: c for c in all_comments(storage, "blog")}
    texts = {id for id, c in source.items() if c.has_text and c.content.strip() and c.status is not Status.WITHDRAWN}
    assert texts <= found.keys() <= source.keys()
    expected = {Status.QUEUED: Status.HELD}
    for id in texts:
        before, after = source[id], found[id]
        assert (after.content, after.author, after.email) == (
            clean_text(before.content).rstrip(),
            before.author,
            before.email,
        )
        assert (after.status, after.received) == (expected.get(before.status, before.status), before.received)
    assert (storage.sites.get("blog"), storage.people.all(), storage.author_rules.all("blog")) == kept


def test_an_export_of_the_same_site_adds_only_what_is_missing(
    web: WebApp, owner: SignedInClient, storage: Storage, worker: Deps
) -> None:
    here = published(storage, content="Still here")
    lines = export_lines(storage, storage.sites.get("blog"), Pseudonyms(SECRET))
    assert upload(owner, "".join(f"{line}\n" for line in lines).encode()) == 303
    import_upload("blog", "")
    assert "1 is here already" in shown(owner)
    assert storage.comments.get("blog", here.id) == here


@pytest.mark.parametrize("change", ["cut", "changed", "later", "text"])
def test_a_damaged_export_of_replygate_imports_nothing(
    web: WebApp, storage: Storage, worker: Deps, change: str
) -> None:
    content, owner = exported_site(web, 1), web.signed_in("rosa", blog="owner")
    damaged = {
        "cut": content[: len(content) // 2],
        "changed": content.replace(b'"author":"', b'"author":"x', 1),
        "later": content.replace(b'"version":2', b'"version":99', 1),
        "text": b"no export",
    }[change]
    upload(owner, damaged)
    import_upload("blog", "")
    assert "cannot be read" in shown(owner)
    assert "Nothing was imported" in shown(owner)
    assert list(all_comments(storage, "blog")) == []
