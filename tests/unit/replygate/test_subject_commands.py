"""`replygate subject` finds, exports and erases the data of one person, and checks receipts."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result

from comments.audit import AuditAction, AuditEntry
from comments.lifecycle import Action
from comments.model import Comment
from comments.pseudonyms import Pseudonyms
from comments.saved_views import SavedView
from comments.site import Site
from comments.storage.interfaces import Storage
from comments.storage.notes_and_bulks import Note
from tests.support.builders import SECRET, a_site, accepted, decided, published

Run = Callable[..., Result]
EMAIL = "zebulon@quagga.example"
IDENTITY = Pseudonyms(SECRET).author(EMAIL)


@pytest.fixture
def own(storage: Storage, blog: Site) -> list[Comment]:
    """Comments of one person on two sites, and one of another person."""
    storage.sites.put(a_site(id="shop"))
    fields = {"author": "Zebulon", "email": EMAIL, "identity": IDENTITY}
    accepted(storage, content="by another person")
    first = published(storage, content="the xylophage", **fields)
    held = decided(storage, accepted(storage, site="shop", content="in the shop", **fields), Action.HOLD)
    return [first, held]


def test_the_export_has_the_comments_of_all_sites(run: Run, own: list[Comment], tmp_path: Path) -> None:
    path = tmp_path / "zebulon.json"
    assert run("subject", "export", "--email", EMAIL, "--output", str(path)).exit_code == 0
    found = json.loads(path.read_text())
    assert [document["site"]["id"] for document in found] == ["blog", "shop"]
    assert [comment["id"] for document in found for comment in document["comments"]] == [comment.id for comment in own]
    assert path.stat().st_mode & 0o077 == 0


def test_a_person_is_found_by_name(run: Run, own: list[Comment]) -> None:
    shown = run("subject", "find", "zebu").stdout
    assert EMAIL in shown
    assert own[0].id in shown
    assert "Ada" not in shown


def test_the_erasure_shows_what_it_erases_and_asks(run: Run, own: list[Comment], storage: Storage) -> None:
    answer = run("subject", "erase", "--email", EMAIL)
    assert "blog: 1 comment" in answer.stdout
    assert "the xylophage" in answer.stdout
    assert answer.exit_code == 1, "nobody confirmed"
    assert [storage.comments.get(comment.site, comment.id) for comment in own] == own


def test_an_erasure_gives_a_receipt_that_can_be_verified(
    run: Run, own: list[Comment], storage: Storage, tmp_path: Path
) -> None:
    path = tmp_path / "receipt.json"
    assert run("subject", "erase", "--email", EMAIL, "--yes", "--receipt", str(path)).exit_code == 0
    assert not any(storage.comments.get(comment.site, comment.id).has_text for comment in own)
    assert "zebulon" not in path.read_text().casefold()
    checked = run("subject", "verify", str(path), "--email", EMAIL)
    assert checked.stdout.count("valid. 1 comments of") == 2
    assert run("subject", "verify", str(path), "--email", "ada@example.org").exit_code == 2
    path.write_text(path.read_text().replace('"comments": 1', '"comments": 2'))
    assert run("subject", "verify", str(path)).exit_code == 2


def test_nothing_is_erased_if_the_receipt_cannot_be_written(
    run: Run, own: list[Comment], storage: Storage, tmp_path: Path
) -> None:
    earlier = tmp_path / "earlier.json"
    earlier.write_text("the only receipt")
    for path in (tmp_path / "missing" / "receipt.json", earlier):
        answer = run("subject", "erase", "--email", EMAIL, "--yes", "--receipt", str(path))
        assert answer.exit_code == 1
        assert "Nothing was erased: cannot create" in answer.stderr
    assert earlier.read_text() == "the only receipt"
    assert [storage.comments.get(comment.site, comment.id) for comment in own] == own


def test_a_receipt_erases_the_same_person_again_after_a_backup_was_restored(
    run: Run, own: list[Comment], storage: Storage, tmp_path: Path
) -> None:
    path = tmp_path / "receipt.json"
    run("subject", "erase", "--email", EMAIL, "--yes", "--receipt", str(path))
    back = accepted(storage, author="Zebulon", email=EMAIL, identity=IDENTITY)
    assert run("subject", "erase", "--again", str(path), "--yes").exit_code == 0
    assert not storage.comments.get("blog", back.id).has_text


def test_one_site_can_be_chosen(run: Run, own: list[Comment], storage: Storage) -> None:
    assert run("subject", "erase", "--email", EMAIL, "--site", "shop", "--yes").exit_code == 0
    assert [storage.comments.get(comment.site, comment.id).has_text for comment in own] == [True, False]


def test_the_author_of_one_comment_is_found_by_its_id(run: Run, own: list[Comment]) -> None:
    found = json.loads(run("subject", "export", "--id", own[0].id).stdout)
    assert [comment["id"] for document in found for comment in document["comments"]] == [own[0].id]


@pytest.mark.parametrize("words", [(), ("--email", "nobody"), ("--email", EMAIL, "--id", "x")])
def test_exactly_one_person_must_be_named(run: Run, blog: Site, words: tuple[str, ...]) -> None:
    assert run("subject", "export", *words).exit_code == 2


@pytest.mark.parametrize("text", ["", "{}", "[1]", "[" * 5000, '{"signature": "x"}', '{"signature": 1}'])
def test_what_is_no_receipt_is_refused(run: Run, blog: Site, tmp_path: Path, text: str) -> None:
    path = tmp_path / "receipt.json"
    path.write_text(text)
    assert run("subject", "verify", str(path)).exit_code == 2


@pytest.mark.parametrize("words", [(), ("--email", EMAIL)])
def test_a_file_with_an_empty_list_is_no_receipt(run: Run, blog: Site, tmp_path: Path, words: tuple[str, ...]) -> None:
    path = tmp_path / "receipt.json"
    path.write_text("[]")
    answer = run("subject", "verify", str(path), *words)
    assert answer.exit_code == 2
    assert "has no receipt" in answer.stderr


def test_a_receipt_with_a_key_twice_is_refused(run: Run, own: list[Comment], tmp_path: Path) -> None:
    path = tmp_path / "receipt.json"
    run("subject", "erase", "--email", EMAIL, "--yes", "--receipt", str(path))
    for known in ('"site": "blog"', '"comments": 1'):
        path.write_text(changed := path.read_text().replace(known, f"{known.partition(':')[0]}: 9, {known}", 1))
        assert run("subject", "verify", str(path)).exit_code == 2
        path.write_text(changed.replace(f"{known.partition(':')[0]}: 9, ", ""))
        assert run("subject", "verify", str(path)).exit_code == 0


def test_the_preview_lists_the_views_that_go_and_the_texts_that_stay(
    run: Run, own: list[Comment], storage: Storage
) -> None:
    views = (SavedView("blog", "Him", "author=Zebulon"), SavedView("blog", "Zebulon and spam", "status=spam"))
    storage.shared_views.replace("blog", (), views, AuditEntry("mo", AuditAction.VIEW_SHARE, site="blog"))
    shown = run("subject", "erase", "--email", EMAIL).stdout
    assert "the saved view “Him” goes too" in shown
    assert "stays, look at it: views shared 2: Zebulon and spam" in shown


def test_a_receipt_with_the_address_erases_it_again_from_texts_of_the_team(
    run: Run, own: list[Comment], storage: Storage, tmp_path: Path
) -> None:
    path = tmp_path / "receipt.json"
    run("subject", "erase", "--email", EMAIL, "--yes", "--receipt", str(path))
    storage.notes.add("blog", "another", Note("mo", datetime.now(UTC), f"ask {EMAIL}"))
    assert run("subject", "erase", "--again", str(path), "--email", "ada@example.org", "--yes").exit_code == 2
    assert run("subject", "erase", "--again", str(path), "--email", EMAIL, "--yes").exit_code == 0
    assert [note.text for note in storage.notes.of("blog", ["another"])[0]] == ["ask (erased)"]
