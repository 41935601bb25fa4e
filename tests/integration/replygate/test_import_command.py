"""`replygate import` brings comments of other programs, with their places, people, dates and statuses."""

import csv
import json
import sqlite3
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from unicodedata import normalize

import pytest
from click.testing import CliRunner, Result

from comments.audit import AuditAction
from comments.comment_export import all_comments
from comments.lifecycle import Action, Role, Status
from comments.markdown import html
from comments.model import STAFF, Comment
from comments.pseudonyms import Pseudonyms
from comments.queue_ranking import index_outdated
from comments.rq_stats import NoRQStats
from comments.storage.interfaces import Storage
from replygate.__main__ import cli
from replygate.deployment import Deployment
from tests.support.builders import SECRET, a_comment, a_site, an_admission, published, settings
from workers.importing.converted_comments import imported_id
from workers.learning.copy_tokens import lesson_tokens
from workers.learning.lesson_quotas import lesson_quotas

EXPORTS = Path(__file__).parents[2] / "data/imports"
#: Each file with the number of comments that are imported.
FILES = {
    "wxr": ("wordpress.wxr.xml", 100),
    "isso": ("isso.db", 20),
    "disqus": ("disqus.xml", 8),
    "remark42": ("remark42.json.gz", 6),
    "genuine remark42": ("remark42.real.json.gz", 11),
    "commento": ("commento.json", 4),
    "comentario": ("comentario.json.gz", 5),
}
Run = Callable[..., Result]
WP = "{http://wordpress.org/export/1.2/}"


@pytest.fixture
def run(storage: Storage) -> Run:
    here = Deployment(settings(), storage, NoRQStats(), lambda: datetime.now(UTC))
    storage.sites.put(a_site(origins=("https://pier.example",)))

    def command(name: str, *options: str, file: Path | None = None) -> Result:
        path = file or EXPORTS / FILES[name][0]
        form = "commento" if name == "comentario" else name.removeprefix("genuine ")
        words = ("import", form, str(path), "--site", "blog", *options)
        return CliRunner().invoke(cli, words, obj=here, catch_exceptions=False)

    return command


def stored(storage: Storage) -> dict[str, Comment]:
    return {comment.content: comment for comment in all_comments(storage, "blog")}


def learn(storage: Storage) -> None:
    for comment in storage.comments.load("blog", storage.corpus.due("blog", 999)):
        if comment:
            storage.corpus.learn("blog", comment, lesson_tokens(comment), lesson_quotas(comment))


@pytest.mark.parametrize("name", FILES)
def test_importing_again_adds_and_changes_nothing(run: Run, storage: Storage, name: str) -> None:
    first = run(name)
    assert first.exit_code == 0, first.output
    before = sorted(all_comments(storage, "blog"), key=lambda comment: comment.id)
    assert len(before) == FILES[name][1]
    again = run(name)
    assert f"{len(before)} are there already" in again.output
    assert sorted(all_comments(storage, "blog"), key=lambda comment: comment.id) == before


@pytest.mark.parametrize("name", FILES)
def test_a_dry_run_gives_the_same_report_and_changes_nothing(run: Run, storage: Storage, name: str) -> None:
    trial = run(name, "--dry-run").output.replace("would be imported", "imported").replace("Nothing was changed.\n", "")
    assert list(all_comments(storage, "blog")) == []
    assert list(storage.audit.all("blog")) == []
    assert run(name).output == trial


@pytest.mark.parametrize("name", FILES)
def test_a_rebuild_finds_nothing_to_repair(run: Run, storage: Storage, name: str) -> None:
    run(name)
    learn(storage)
    while index_outdated(storage, "blog", {}):
        pass
    here = Deployment(settings(), storage, NoRQStats(), lambda: datetime.now(UTC))
    checked = CliRunner().invoke(cli, ["rebuild", "--site", "blog", "--check"], obj=here)
    assert checked.exit_code == 0, checked.output


def test_every_comment_of_wordpress_is_there_as_it_was(run: Run, storage: Storage) -> None:
    run("wxr")
    comments = {c.id: c for c in all_comments(storage, "blog")}
    n = 0
    for item in ElementTree.parse(EXPORTS / "wordpress.wxr.xml").iter("item"):
        for row in item.iter(f"{WP}comment"):
            old = {field.tag.removeprefix(WP): field.text or "" for field in row}
            comment = comments.get(imported_id("wxr", "pier.example", old["comment_id"]))
            if old["comment_type"] in ("pingback", "trackback") or item.findtext(f"{WP}status") != "publish":
                assert comment is None
                continue
            if item.findtext(f"{WP}post_password") or comment is None:
                continue
            n += 1
            assert comment.thread == str(item.findtext("link")).rstrip("/")
            has_utc = not old["comment_date_gmt"].startswith("0000")  # the blog's clock is an hour ahead
            expected_time = old["comment_date_gmt"] if has_utc else old["comment_date"].replace(" 12:", " 11:")
            assert f"{comment.received:%Y-%m-%d %H:%M:%S}" == expected_time
            assert comment.email == old["comment_author_email"]
            assert comment.origin == Pseudonyms(SECRET).origin(old["comment_author_IP"])
            expected = {"1": Status.APPROVED, "0": Status.HELD, "trash": Status.REMOVED}[old["comment_approved"]]
            assert comment.status is expected
            if "<" not in old["comment_content"] and "&" not in old["comment_content"]:
                assert comment.content == old["comment_content"].strip()
    assert n == FILES["wxr"][1]


def test_markup_of_wordpress_looks_as_before(run: Run, storage: Storage) -> None:
    run("wxr")
    by_author = {comment.author: comment for comment in all_comments(storage, "blog")}
    shown = html(by_author["Markup"].content)
    for part in (
        "<strong>Bold</strong>",
        "<em>emphasis</em>",
        "<code>if (a &lt; b) { pier(); }</code>",
        "<blockquote>",
    ):
        assert part in shown
    assert 'href="https://tides.example/?a=1&amp;b=2"' in shown
    assert "<pre><code>  low   0.4 m\n  high  3.9 m\n</code></pre>" in html(by_author["Pre"].content)
    assert html(by_author["Hostile"].content) == "<p>click</p>\n"
    assert "Pat O'Hare & Sons" in by_author


def test_lost_parents_circles_and_late_parents_find_their_place(run: Run, storage: Storage) -> None:
    run("wxr")
    by_author = {comment.author: comment for comment in all_comments(storage, "blog")}
    assert by_author["Orphan"].parent == by_author["Far Parent"].parent == by_author["Self Parent"].parent == ""
    assert by_author["Early Bird"].parent == by_author["Late Parent"].id
    ring = (by_author["Ring One"], by_author["Ring Two"])
    assert [comment.parent for comment in ring] == ["", ring[0].id]
    assert by_author["admin"].role == STAFF


def test_every_comment_of_isso_is_there_as_it_was(run: Run, storage: Storage) -> None:
    run("isso")
    comments = {c.id: c for c in all_comments(storage, "blog")}
    with closing(sqlite3.connect(EXPORTS / "isso.db")) as database:
        rows = database.execute("SELECT id, parent, created, mode, text, email, notification FROM comments").fetchall()
    assert len(rows) == len(comments)
    for id, parent, created, mode, text, email, notification in rows:
        comment = comments[imported_id("isso", "", str(id))]
        assert comment.status is {1: Status.APPROVED, 2: Status.HELD, 4: Status.WITHDRAWN}[mode]
        assert comment.parent == (imported_id("isso", "", str(parent)) if parent else "")
        assert abs(comment.received.timestamp() - created) < 0.001
        if mode != 4:
            assert comment.email in (email or "", "")
            assert comment.content.split() == normalize("NFC", text).split()
        assert comment.notify == ("replies" if notification else "")
    names = {comment.author for comment in comments.values()}
    assert "Bob & <b>Co</b>" in names
    assert storage.threads.page("blog", "https://pier.example/gone", 9).rows[0].removed


def test_spam_of_disqus_teaches_and_is_not_published(run: Run, storage: Storage) -> None:
    run("disqus")
    spam = next(c for c in all_comments(storage, "blog") if c.status is Status.SPAM)
    assert (spam.decisions[0].action, spam.decisions[0].role) == (Action.SPAM, Role.IMPORT)
    learn(storage)
    assert storage.corpus.totals("blog") == (6, 1)
    details = storage.thread_details.get("blog", ["https://pier.example/2011/05/gutters.html"])[0]
    assert details.title == "Let\u2019s clean the gutters"
    assert storage.threads.is_closed("blog", "https://pier.example/2012/closed.html")
    assert "Dora" not in {c.author for c in all_comments(storage, "blog")}


def test_people_and_times_of_remark42_and_commento_are_kept(run: Run, storage: Storage) -> None:
    run("remark42")
    run("commento")
    run("comentario")
    by_text = stored(storage)
    assert by_text["Thank you, Ada."].role == STAFF
    assert by_text["Thank you, Ada."].received == datetime(2020, 12, 21, 7, 0, 0, 123_000, UTC)
    assert by_text["My parent is missing."].author == "Bo & Co"
    assert by_text["The owner wrote **this**."].url == "https://ada.example/"
    assert by_text["Waits."].status is Status.HELD
    assert by_text["Rejected."].status is Status.REMOVED
    assert by_text["An answer."].parent == by_text["Ebb and *flow*."].id
    assert by_text["On a closed page."].thread == "https://pier.example/2023/closed"


def test_a_backup_of_the_genuine_remark42_keeps_what_its_readers_saw(run: Run, storage: Storage) -> None:
    assert run("genuine remark42").exit_code == 0
    by_text = stored(storage)
    page, other, closed = (f"https://blog.example/{path}" for path in ("hello", "gr%C3%B6%C3%9Fe", "closed?page=2"))
    details = {name: storage.thread_details.get("blog", [name])[0].title for name in (page, other, closed)}
    assert details == {page: "Hello & world", other: "Größe & 日本", closed: "A page that is closed"}
    assert [storage.threads.is_closed("blog", name) for name in (page, other, closed)] == [False, False, True]
    first = by_text["First! I **really** liked this.\n\nhttps://a.example/?a=1&b=2"]
    assert (first.author, first.thread) == ("Ada Lovelace", page)
    assert by_text["Thanks, Ada."].parent == first.id
    assert by_text["An answer, two levels down."].parent == by_text["Thanks, Ada."].id
    assert (by_text["Thank you all."].role, by_text["Thank you all."].author) == (STAFF, "admin")
    assert by_text["Zeile eins\nZeile zwei\n\nAbsatz (edited)"].author == "Jürgen"
    assert by_text["Grüße aus Köln 🎉 日本語 עברית \u00e9"].thread == other
    assert any("```\nif a < b:\n    return\n```" in text for text in by_text)
    (removed,) = (comment for comment in by_text.values() if comment.status is Status.WITHDRAWN)
    assert by_text["Why?"].parent == removed.id


def test_nothing_is_sent_or_judged(run: Run, storage: Storage) -> None:
    run("wxr")
    run("isso")
    assert storage.outbox.length("blog") == 0
    assert storage.queue.depth("blog").queued == 0
    (entry,) = (e for e in storage.audit.all("blog") if "WordPress" in e.after)
    assert (entry.action, entry.subject) == (AuditAction.IMPORT, "")


def test_comments_and_titles_that_are_there_stay(run: Run, storage: Storage) -> None:
    thread = "https://pier.example/2012/closed.html"
    there = published(storage, thread=thread)
    storage.thread_details.put("blog", thread, "Our own title", None)
    run("disqus")
    assert storage.comments.get("blog", there.id) == there
    assert storage.thread_details.get("blog", [thread])[0].title == "Our own title"
    assert not storage.threads.is_closed("blog", thread)


def test_an_import_goes_on_where_it_was_interrupted(run: Run, storage: Storage) -> None:
    run("wxr")
    kept = list(all_comments(storage, "blog"))[::3]
    storage.sites.put(a_site(id="other", origins=("https://pier.example",)))
    here = Deployment(settings(), storage, NoRQStats(), lambda: datetime.now(UTC))
    from_before = [c for c in kept if not c.parent]
    assert all(storage.comments.add_decided("other", [replace(c, site="other") for c in from_before]))
    words = ("import", "wxr", str(EXPORTS / "wordpress.wxr.xml"), "--site", "other")
    output = CliRunner().invoke(cli, words, obj=here, catch_exceptions=False).output
    assert f"{len(from_before)} are there already" in output
    assert {c.id for c in all_comments(storage, "other")} == {c.id for c in all_comments(storage, "blog")}


def test_pages_are_mapped_by_a_file(run: Run, storage: Storage, tmp_path: Path) -> None:
    with (tmp_path / "pages.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [["old", "new"], ["https://pier.example/2012/closed.html", "https://pier.example/last-words"]]
        )
    run("disqus", "--pages", str(tmp_path / "pages.csv"))
    assert storage.threads.counts("blog", ["https://pier.example/last-words"]) == [1]


def test_replies_here_go_below_imported_comments(run: Run, storage: Storage) -> None:
    run("disqus")
    parent = stored(storage)["An answer."]
    reply = a_comment(thread=parent.thread, parent=parent.id)
    storage.comments.accept(reply, an_admission())
    assert storage.comments.get("blog", reply.id).parent == parent.id


def test_two_imports_teach_together_as_many_as_one(
    run: Run, storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.importing.lesson_choice.MAX_HAM_LESSONS", 10)

    def backup(*numbers: int) -> Path:
        path = tmp_path / "backup"
        row = {"locator": {"site": "s", "url": "https://pier.example/a"}, "user": {"name": "Ada"}}
        rows = [{**row, "id": f"c{n}", "text": f"Tide {n}", "time": f"2020-01-{n:02}T07:00:00Z"} for n in numbers]
        path.write_text("\n".join(json.dumps(part) for part in ({"version": 1}, *rows)))
        return path

    def teaching() -> set[str]:
        return {comment.content for comment in all_comments(storage, "blog") if comment.lesson}

    run("remark42", file=backup(1, 2, 3, 28))
    assert "up to 6 of them teach" in run("remark42", file=backup(*range(1, 31))).output
    assert teaching() == {f"Tide {n}" for n in (1, 2, 3, 28, 25, 26, 27, 29, 30, 24)}
    assert "teach" not in run("remark42", file=backup(*range(1, 31))).output


def test_the_report_says_how_many_teach_at_most(run: Run, storage: Storage) -> None:
    output = run("wxr").output
    learn(storage)
    assert "up to 96 of them teach the spam filter: near-duplicates count at most five times" in output
    assert sum(storage.corpus.totals("blog")) < 96


def test_changed_comments_are_named_by_their_old_ids(run: Run) -> None:
    output = run("remark42").output
    assert "with votes, which are dropped\n      for example comment " in output
    assert "a comment of 20" not in output


def test_pages_of_another_address_are_named(run: Run, storage: Storage) -> None:
    storage.sites.put(a_site(origins=("https://elsewhere.example",)))
    output = run("disqus", "--dry-run").output
    assert "2 pages on no address of this site" in output


def test_pingbacks_are_imported_only_if_wanted(run: Run, storage: Storage) -> None:
    assert "3 pingbacks or trackbacks" in run("wxr", "--dry-run").output
    assert "pingbacks" not in run("wxr", "--dry-run", "--pingbacks").output


def test_staff_can_be_named_by_address(run: Run, storage: Storage) -> None:
    run("disqus", "--staff", "Bo@example.org")
    assert stored(storage)["An answer."].role == STAFF
