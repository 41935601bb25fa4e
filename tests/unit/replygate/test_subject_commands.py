"""`replygate subject` finds, exports and erases the data of one person, and checks receipts."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from comments.lifecycle import Action
from comments.model import Comment
from comments.pseudonyms import Pseudonyms
from comments.site import Site
from comments.storage.interfaces import Storage
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
