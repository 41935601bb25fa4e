"""Owners search threads, open and close them, set title and address, and move them after seeing the plan."""

from io import BytesIO

import pytest

from comments.audit import AuditAction
from comments.errors import Invalid
from comments.job_queue import MOVED_THREADS
from comments.storage.thread_details import ThreadDetails
from comments.thread_plans import mapping_of, mapping_text
from service.sites.thread_pages import THREADS_PER_PAGE
from tests.support.builders import a_site, accepted, published
from tests.support.markup import parse
from tests.support.web_app import SignedInClient, WebApp, page

OLD, NEW = "https://blog.example/old", "https://blog.example/new"
LIST, MOVES = "/sites/blog/threads", "/sites/blog/threads/moves"


def shown(owner: SignedInClient, **query: str) -> list[str]:
    """Return the text of each row of the list."""
    text = owner.client.get(LIST, query_string=query).text
    rows = parse(text).iterfind(".//ul[@class='rows threads']/li")
    return [" ".join("".join(row.itertext()).split()) for row in rows]


def post(owner: SignedInClient, path: str, **form: object):  # type: ignore[no-untyped-def]
    return owner.client.post(path, data={"csrf": owner.csrf, **form})


def plan_of(text: str) -> str:
    return next(field.get("value") for field in parse(text).iter("input") if field.get("name") == "plan")


def test_the_list_has_title_comments_and_state(web_app: WebApp, owner: SignedInClient) -> None:
    published(web_app.storage, thread="post-12")
    web_app.storage.thread_details.put("blog", "post-12", "Walking in <wind>", None)
    web_app.storage.threads.set_closed("blog", "post-12", closed=True)
    accepted(web_app.storage, thread="https://blog.example/caf%C3%A9")
    assert shown(owner) == [
        "https://blog.example/café 0 comments",
        "Walking in <wind> Closed post-12 1 comment, the last just now",
    ]


def test_threads_are_found_by_title_address_and_key(web_app: WebApp, owner: SignedInClient) -> None:
    for thread in ("post-12", "https://blog.example/caf%C3%A9", NEW):
        accepted(web_app.storage, thread=thread)
    web_app.storage.thread_details.put("blog", "post-12", "Walking in Wind", None)
    for text, found in (
        ("wind", 1),
        ("CAFÉ", 1),
        ("http://www.blog.example/new/", 1),
        ("12", 1),
        ("blog", 2),
        ("x9", 0),
    ):
        assert len(shown(owner, q=text)) == found, text
    assert "No matching threads" in page(owner, f"{LIST}?q=x9")


def test_an_empty_list_says_so(web_app: WebApp, owner: SignedInClient) -> None:
    assert "No threads yet" in page(owner, LIST)


def test_a_long_list_has_pages(web_app: WebApp, owner: SignedInClient) -> None:
    for n in range(THREADS_PER_PAGE + 1):
        accepted(web_app.storage, thread=f"post-{n:03}")
    text = page(owner, LIST)
    (following,) = [a.get("href") for a in parse(text).iter("a") if a.get("rel") == "next"]
    rows = parse(page(owner, following)).findall(".//ul[@class='rows threads']/li")
    assert len(rows) == 1
    assert f"post-{THREADS_PER_PAGE:03}" in "".join(rows[0].itertext())


def test_an_owner_closes_and_opens_a_thread(web_app: WebApp, owner: SignedInClient) -> None:
    accepted(web_app.storage, thread="post-12")
    for closed in ("yes", "yes", "no"):
        answer = post(owner, f"{LIST}/state", thread="post-12", closed=closed)
        assert answer.status_code == 303
        assert web_app.storage.threads.is_closed("blog", "post-12") == (closed == "yes")
        assert owner.client.get(answer.headers["Location"]).status_code == 200
    actions = [entry.action for entry in web_app.storage.audit.all("blog")]
    assert actions == [AuditAction.THREAD_CLOSE, AuditAction.THREAD_OPEN]


def test_an_owner_sets_title_and_address(web_app: WebApp, owner: SignedInClient) -> None:
    accepted(web_app.storage, thread="post-12")
    form = {"thread": "post-12", "title": "Walks", "url": "https://blog.example/walks"}
    assert post(owner, f"{LIST}/details", **form).status_code == 303
    details = web_app.storage.thread_details
    assert details.get("blog", ["post-12"]) == [ThreadDetails("Walks", "https://blog.example/walks")]
    refused = post(owner, f"{LIST}/details", **form | {"title": "x" * 201, "url": "https://evil.example/"})
    assert refused.status_code == 422
    assert "201 characters" in refused.text
    assert "not on the site" in refused.text
    assert 'value="https://evil.example/"' in refused.text, "what was typed stays"
    (entry,) = web_app.storage.audit.all("blog")
    assert (entry.by, entry.action, entry.subject) == ("ow", AuditAction.THREAD_SET, "post-12")


def test_a_missing_thread_has_no_page(web_app: WebApp, owner: SignedInClient) -> None:
    assert owner.client.get(f"{LIST}/one", query_string={"thread": "nothing"}).status_code == 404


def test_a_move_is_shown_first_and_done_once_it_is_confirmed(web_app: WebApp, owner: SignedInClient) -> None:
    published(web_app.storage, thread=OLD)
    published(web_app.storage, thread=NEW)
    plan = post(owner, MOVES, old=f"{OLD}/", new=NEW)
    assert plan.status_code == 200
    assert "1 thread is merged" in " ".join(plan.text.split())
    assert web_app.storage.threads.counts("blog", [OLD, NEW]) == [1, 1]
    done = post(owner, MOVES, old=f"{OLD}/", new=NEW, plan=plan_of(plan.text))
    assert done.status_code == 303
    assert web_app.storage.threads.counts("blog", [OLD, NEW]) == [0, 2]
    assert "Moved 1 thread." in page(owner, done.headers["Location"])
    assert (MOVED_THREADS, "blog") in web_app.jobs.enqueued
    assert [(e.by, e.action) for e in web_app.storage.audit.all("blog")] == [("ow", AuditAction.THREAD_MOVE)]


def test_a_plan_that_is_out_of_date_changes_nothing(web_app: WebApp, owner: SignedInClient) -> None:
    published(web_app.storage, thread=OLD)
    plan = post(owner, MOVES, old=OLD, new=NEW)
    published(web_app.storage, thread=NEW)
    answer = post(owner, MOVES, old=OLD, new=NEW, plan=plan_of(plan.text))
    assert answer.status_code == 409
    assert web_app.storage.threads.counts("blog", [OLD, NEW]) == [1, 1]


def test_a_host_moves(web_app: WebApp, owner: SignedInClient) -> None:
    for path in ("/a", "/b?p=1"):
        published(web_app.storage, thread=f"https://old.example{path}")
    form = {"kind": "prefix", "old": "https://old.example/", "new": "https://new.example/"}
    plan = post(owner, MOVES, **form)
    assert "Move 2 threads?" in plan.text
    assert post(owner, MOVES, **form, plan=plan_of(plan.text)).status_code == 303
    assert web_app.storage.threads.counts("blog", ["https://new.example/a", "https://new.example/b?p=1"]) == [1, 1]


def test_a_folder_without_comments_moves_for_the_pages_that_follow(web_app: WebApp, owner: SignedInClient) -> None:
    form = {"kind": "prefix", "old": "https://old.example/", "new": "https://new.example/"}
    plan = post(owner, MOVES, **form)
    assert plan.status_code == 200
    assert "Move pages without comments?" in plan.text
    assert "Pages below https://old.example/ without comments move too" in "".join(parse(plan.text).itertext())
    assert web_app.storage.thread_moves.prefixes("blog") == {}
    other = post(owner, MOVES, **form | {"new": "https://other.example/"}, plan=plan_of(plan.text))
    assert other.status_code == 409
    assert post(owner, MOVES, **form, plan=plan_of(plan.text)).status_code == 303
    assert web_app.storage.thread_moves.prefixes("blog") == {"https://old.example/": "https://new.example/"}
    assert web_app.storage.thread_moves.resolve("blog", ["https://old.example/a"]) == ["https://new.example/a"]


@pytest.mark.parametrize("way", ["text", "file"])
def test_a_mapping_moves(web_app: WebApp, owner: SignedInClient, way: str) -> None:
    published(web_app.storage, thread="post-1")
    mapping = f"old,new\npost-1,{OLD}\npost-2,{NEW}\n"
    form = {"mapping": mapping} if way == "text" else {"file": (BytesIO(mapping.encode("utf-8-sig")), "moves.csv")}
    plan = post(owner, MOVES, kind="mapping", **form)
    assert "Move 2 threads?" in plan.text
    kept = next(field.text for field in parse(plan.text).iter("textarea") if field.get("name") == "mapping")
    assert post(owner, MOVES, kind="mapping", mapping=kept, plan=plan_of(plan.text)).status_code == 303
    assert web_app.storage.threads.counts("blog", [OLD, "post-1"]) == [1, 0]
    assert web_app.storage.thread_moves.resolve("blog", ["post-2"]) == [NEW]


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"old": "", "new": NEW}, "Enter the old address"),
        ({"old": OLD, "new": OLD}, "would lead back to itself"),
        ({"kind": "mapping", "mapping": "a,b\nb,a"}, "would lead back to itself"),
        ({"kind": "mapping", "mapping": "a,b\nb,c\na,d"}, "Line 3 moves a to d, but line 1 moves it to b"),
        ({"kind": "mapping", "mapping": "a,b\nc"}, "Line 2 must have an old and a new address"),
        ({"kind": "mapping", "mapping": ""}, "Enter an old and a new address"),
        ({"kind": "prefix", "old": "a key", "new": NEW}, "No thread begins with"),
        ({"old": OLD, "new": "x" * 501}, "501 characters"),
    ],
)
def test_a_move_that_cannot_be_is_explained(
    web_app: WebApp, owner: SignedInClient, form: dict[str, str], message: str
) -> None:
    answer = post(owner, MOVES, **form)
    assert answer.status_code == 422
    assert message in answer.text


def test_a_page_moves_at_most_2000_threads(web_app: WebApp, owner: SignedInClient) -> None:
    rows = [f"post-{n},article-{n}" for n in range(2001)]
    assert "Move 2000 threads?" in post(owner, MOVES, kind="mapping", mapping="\n".join(rows[:-1])).text
    answer = post(owner, MOVES, kind="mapping", mapping="\n".join(rows))
    assert answer.status_code == 422
    assert "move 2001 threads; the limit of this page is 2000" in answer.text


def test_moderators_do_not_see_the_pages(web_app: WebApp, mo: SignedInClient) -> None:
    accepted(web_app.storage, thread="post-12")
    for path in (LIST, MOVES, f"{LIST}/one?thread=post-12"):
        assert mo.client.get(path).status_code in (403, 404)
    assert LIST not in page(mo, "/review/blog")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_mapping_file_may_have_any_unicode_encoding(encoding: str) -> None:
    assert mapping_text("https://blog.example/ü\r\n".encode(encoding)) == "https://blog.example/ü\r\n"


def test_a_mapping_file_in_another_encoding_is_refused() -> None:
    with pytest.raises(Invalid):
        mapping_text("https://blog.example/ü".encode("latin-1"))


def test_a_row_with_two_spellings_of_one_thread_needs_no_move() -> None:
    rows = [["http://blog.example/a", "https://blog.example/a/"], ["https://blog.example/b", "https://blog.example/c"]]
    assert mapping_of(rows, a_site()) == {"https://blog.example/b": "https://blog.example/c"}
