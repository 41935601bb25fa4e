"""`replygate thread` moves threads, shows what it would do, and refuses loops."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from comments.audit import AuditAction
from comments.storage.interfaces import Storage
from comments.storage.thread_details import ThreadDetails
from replygate.__main__ import cli
from replygate.deployment import Deployment
from tests.support.builders import a_site, published, settings
from tests.unit.conftest import OneQueue

Run = Callable[..., Result]
OLD, NEW = "https://old.example", "https://new.example"


@pytest.fixture
def run(storage: Storage) -> Run:
    storage.sites.put(a_site())
    here = Deployment(settings(), storage, OneQueue(), lambda: datetime.now(UTC))
    return lambda *words: CliRunner().invoke(cli, ["thread", *words], obj=here)


def test_a_thread_moves_and_the_audit_has_it(run: Run, storage: Storage) -> None:
    comment = published(storage, thread=f"{OLD}/a")
    result = run("move", "blog", "http://www.old.example/a/?utm_source=x", f"{NEW}/b/")
    assert result.exit_code == 0, result.output
    assert storage.comments.get("blog", comment.id).thread == f"{NEW}/b"
    (entry,) = storage.audit.all("blog")
    assert (entry.action, entry.before, entry.after) == (AuditAction.THREAD_MOVE, f"{OLD}/a", f"{NEW}/b")
    assert f"{OLD}/a" in run("list", "blog", "--aliases").output


def test_a_dry_run_shows_what_would_change_and_changes_nothing(run: Run, storage: Storage) -> None:
    published(storage, thread=f"{OLD}/a")
    published(storage, thread=f"{OLD}/b")
    published(storage, thread=f"{NEW}/b")
    result = run("move", "blog", OLD, NEW, "--prefix", "--dry-run")
    rows = [line.split() for line in result.output.splitlines()]
    assert ["1", f"{OLD}/a", f"{NEW}/a", "move"] in rows
    assert ["1", f"{OLD}/b", f"{NEW}/b", "merge"] in rows
    assert "Nothing was changed." in result.output
    assert storage.threads.counts("blog", [f"{OLD}/a", f"{NEW}/a"]) == [1, 0]
    assert list(storage.thread_moves.aliases("blog")) == []


def test_a_dry_run_names_pages_without_comments_that_move(run: Run, storage: Storage) -> None:
    result = run("move", "blog", f"{OLD}/", f"{NEW}/", "--prefix", "--dry-run")
    assert f"Pages below {OLD}/ without comments move too." in result.output
    assert storage.thread_moves.prefixes("blog") == {}
    assert "Pages below" not in run("move", "blog", "a key", "another", "--prefix", "--dry-run").output
    run("move", "blog", f"{OLD}/", f"{NEW}/", "--prefix")
    assert storage.thread_moves.prefixes("blog") == {f"{OLD}/": f"{NEW}/"}


def test_a_whole_host_and_a_folder_move(run: Run, storage: Storage) -> None:
    for path in ("/", "/blog", "/blog/x", "/blogger", "/blog?p=1"):
        published(storage, thread=OLD + path)
    assert run("move", "blog", f"{OLD}/blog/", f"{NEW}/posts/", "--prefix").exit_code == 0
    assert storage.threads.counts("blog", [f"{NEW}/posts", f"{NEW}/posts/x", f"{NEW}/posts?p=1"]) == [1, 1, 1]
    assert storage.threads.counts("blog", [f"{OLD}/", f"{OLD}/blogger"]) == [1, 1]
    assert run("move", "blog", f"{OLD}/", f"{NEW}/", "--prefix").exit_code == 0
    assert storage.threads.counts("blog", [f"{NEW}/", f"{NEW}/blogger", f"{OLD}/"]) == [1, 1, 0]


def test_a_file_of_addresses_is_moved_and_can_be_repeated(run: Run, storage: Storage, tmp_path: Path) -> None:
    for name in ("post-1", "post-2"):
        published(storage, thread=name)
    file = tmp_path / "moves.csv"
    file.write_text(f'from,to\npost-1,{NEW}/one\n\npost-2,"{NEW}/two"\n', encoding="utf-8-sig")
    for _ in range(2):
        assert run("move", "blog", "--file", str(file)).exit_code == 0
        assert storage.threads.counts("blog", [f"{NEW}/one", f"{NEW}/two", "post-1"]) == [1, 1, 0]
    assert len(list(storage.audit.all("blog"))) == 2


def test_a_thread_moves_back_to_any_of_its_old_addresses(run: Run, storage: Storage) -> None:
    comment = published(storage, thread="x")
    for start, end in (("x", "y"), ("y", "x"), ("x", "y"), ("y", "z"), ("z", "x")):
        result = run("move", "blog", start, end)
        assert "Moved 1 thread." in result.output, result.output
        assert storage.comments.get("blog", comment.id).thread == end
        assert storage.threads.counts("blog", [end]) == [1]
    assert storage.thread_moves.resolve("blog", ["x", "y", "z"]) == ["x", "x", "x"]
    assert len(list(storage.audit.all("blog"))) == 5


def test_a_move_that_changes_nothing_says_so(run: Run, storage: Storage) -> None:
    published(storage, thread="x")
    run("move", "blog", "x", "y")
    run("move", "blog", "y", "z")
    for start, end in (("x", "y"), ("y", "z"), ("y", "x")):
        shown = run("move", "blog", start, end).output
        assert "none" in shown.split()
        assert "Moved 0 threads.\n1 had no effect: both addresses are one thread already.\n" in shown
    assert storage.threads.counts("blog", ["z"]) == [1]


def test_every_row_that_contradicts_another_is_named_and_nothing_moves(
    run: Run, storage: Storage, tmp_path: Path
) -> None:
    published(storage, thread=f"{OLD}/a")
    file = tmp_path / "moves.csv"
    rows = ("old,new", f"{OLD}/a,{NEW}/a", "", f"http://www.old.example/a/,{NEW}/b", f"{OLD}/c", f"{OLD}/a,{NEW}/a/",
            f"{OLD}/a?utm_source=x,{NEW}/c")  # fmt: skip
    file.write_text("\n".join(rows))
    result = run("move", "blog", "--file", str(file))
    assert result.exit_code != 0
    for words in ("line 4 moves https://old.example/a to https://new.example/b, but line 2 moves it to",
                  "line 5 must have", "line 7 moves"):  # fmt: skip
        assert words in result.output, result.output
    assert "line 6" not in result.output
    assert list(storage.thread_moves.aliases("blog")) == []


@pytest.mark.parametrize("rows", ["a,b\nb,a\n", "a,b\nb,c\nc,a\n", "a,a\n"])
def test_a_loop_is_refused_before_anything_moves(run: Run, storage: Storage, tmp_path: Path, rows: str) -> None:
    published(storage, thread="a")
    file = tmp_path / "moves.csv"
    file.write_text(rows)
    result = run("move", "blog", "--file", str(file))
    assert result.exit_code != 0
    assert list(storage.thread_moves.aliases("blog")) == []


def test_threads_are_joined_after_the_site_changed_its_settings(run: Run, storage: Storage) -> None:
    for thread in ("https://blog.example/a?ref=1", "https://blog.example/a?ref=2"):
        published(storage, thread=thread)
    storage.sites.put(a_site(ignored_parameters=("ref",)))
    assert "Moved 2 threads." in run("normalize", "blog").output
    assert storage.threads.counts("blog", ["https://blog.example/a"]) == [2]


def test_a_thread_gets_a_title_and_an_address(run: Run, storage: Storage) -> None:
    result = run("set", "blog", "post-12", "--title", " Walking\n in wind ", "--url", "https://blog.example/walks")
    assert result.exit_code == 0, result.output
    assert storage.thread_details.get("blog", ["post-12"]) == [
        ThreadDetails("Walking in wind", "https://blog.example/walks")
    ]
    assert run("set", "blog", "post-12", "--title", "").exit_code == 0
    assert storage.thread_details.get("blog", ["post-12"]) == [ThreadDetails("", "https://blog.example/walks")]
    assert [(e.action, e.subject) for e in storage.audit.all("blog")] == [(AuditAction.THREAD_SET, "post-12")] * 2
    assert run("set", "blog", "post-12", "--url", "https://evil.example/").exit_code != 0
