"""`replygate export` and `replygate import replygate`: a site moves to an empty server as it is, and works on there."""

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from comments.archive.exported_members import Member
from comments.person import Person
from comments.storage.interfaces import Storage
from replygate.__main__ import cli
from replygate.commands.demo_command import fill
from replygate.deployment import Deployment
from tests.support.builders import NOW, a_site, settings
from tests.support.lively_site import fill_site, learn_due
from tests.support.stored import new_storage
from tests.unit.conftest import OneQueue

Run = Callable[..., Result]


def command_line(storage: Storage, **changes: str) -> Run:
    deployment = Deployment(settings(**changes), storage, OneQueue(), lambda: datetime.now(UTC))
    return lambda *words: CliRunner().invoke(cli, words, obj=deployment)


def exported(storage: Storage, path: Path, *words: str, site: str = "blog") -> bytes:
    result = command_line(storage)("export", "--site", site, "--output", str(path), *words)
    assert result.exit_code == 0, result.output
    return path.read_bytes()


@pytest.mark.parametrize("words", [(), ("--with-secrets",)])
def test_an_export_of_the_imported_demo_has_the_same_bytes_and_needs_no_rebuild(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    source, target = new_storage(), new_storage()
    fill(source, settings(), "demo", 1, NOW, again=False)
    first = exported(source, tmp_path / "one", *words, site="demo")
    answer = command_line(target)("import", "replygate", str(tmp_path / "one"))
    assert answer.exit_code == 0, answer.output
    assert "Imported the site demo with" in answer.stdout
    assert exported(target, tmp_path / "two", *words, site="demo") == first
    checked = command_line(target)("rebuild", "--site", "demo", "--check")
    assert checked.exit_code == 0, checked.output


@pytest.mark.parametrize("seed", range(4))
def test_a_site_in_every_state_needs_no_rebuild_after_an_import(seed: int, tmp_path: Path) -> None:
    source, target = new_storage(), new_storage()
    fill_site(source, seed)
    while source.corpus.due("blog", 1):
        learn_due(source, "blog")
    assert command_line(source)("rebuild", "--site", "blog", "--check").exit_code == 0
    exported(source, tmp_path / "one")
    assert command_line(target)("import", "replygate", str(tmp_path / "one")).exit_code == 0
    checked = command_line(target)("rebuild", "--site", "blog", "--check")
    assert checked.exit_code == 0, checked.output


def test_a_dry_run_checks_the_file_and_stores_nothing(tmp_path: Path) -> None:
    source, target = new_storage(), new_storage()
    fill_site(source, 1)
    exported(source, tmp_path / "one")
    answer = command_line(target)("import", "replygate", str(tmp_path / "one"), "--dry-run")
    assert answer.exit_code == 0, answer.output
    assert "Nothing was changed." in answer.stdout
    assert target.sites.all() == []
    assert target.people.all() == []


def test_a_dry_run_says_that_the_site_exists(tmp_path: Path) -> None:
    source = new_storage()
    fill_site(source, 1)
    exported(source, tmp_path / "one")
    answer = command_line(source)("import", "replygate", str(tmp_path / "one"), "--dry-run")
    assert answer.exit_code != 0
    assert "There is a site blog already" in answer.stderr


def test_the_report_names_the_secrets_that_the_export_left_out(tmp_path: Path) -> None:
    source, target = new_storage(), new_storage()
    fill_site(source, 1)
    exported(source, tmp_path / "one")
    answer = command_line(target)("import", "replygate", str(tmp_path / "one")).stdout
    for name in ("keys.k1", "webhooks.w1.url", "chat_receivers.c1.url", "chat_receivers.c2.token"):
        assert f"  {name}\n" in answer
    assert "New people have no password" in answer
    assert "REPLYGATE_SECRET_KEY" not in answer


def test_the_report_of_an_export_with_secrets_asks_for_nothing(tmp_path: Path) -> None:
    source, target = new_storage(), new_storage()
    fill_site(source, 1)
    exported(source, tmp_path / "one", "--with-secrets")
    answer = command_line(target)("import", "replygate", str(tmp_path / "one")).stdout
    assert len(answer.splitlines()) == 1
    assert target.sites.get("blog") == source.sites.get("blog")
    assert target.people.all() == source.people.all()


def test_an_installation_with_another_secret_key_is_warned(tmp_path: Path) -> None:
    source, target = new_storage(), new_storage()
    source.sites.put(a_site())
    exported(source, tmp_path / "one")
    run = command_line(target, secret_key="another secret, which is long enough to pass")
    assert "another REPLYGATE_SECRET_KEY" in run("import", "replygate", str(tmp_path / "one")).stdout


def test_a_site_that_exists_is_never_overwritten(tmp_path: Path) -> None:
    storage = new_storage()
    fill_site(storage, 1)
    before = exported(storage, tmp_path / "one")
    answer = command_line(storage)("import", "replygate", str(tmp_path / "one"))
    assert answer.exit_code == 1
    assert "There is a site blog already." in answer.output
    again = exported(storage, tmp_path / "two")
    assert without_audit(again) == without_audit(before)


def without_audit(export: bytes) -> list[bytes]:
    """Return the lines without those of the audit log, to which each export adds, and without the last."""
    return [line for line in export.splitlines()[:-1] if json.loads(line)["kind"] != "audit"]


def test_secrets_are_only_written_to_a_file_of_its_owner(tmp_path: Path) -> None:
    storage, path = new_storage(), tmp_path / "one"
    fill_site(storage, 1)
    assert command_line(storage)("export", "--site", "blog", "--with-secrets").exit_code == 2
    path.touch(mode=0o644)
    text = exported(storage, path, "--with-secrets").decode()
    assert path.stat().st_mode & 0o777 == 0o600
    assert "secret-path" in text
    assert "argon2-hash" in text
    plain = exported(storage, tmp_path / "two").decode()
    for secret in ("secret-path", "secret-slack", "secret-telegram", "argon2-hash"):
        assert secret not in plain


def test_every_field_of_a_person_is_exported_or_belongs_to_the_installation() -> None:
    exported_fields = {field.name for field in fields(Member)} - {"role"} | {"roles"}
    assert {field.name for field in fields(Person)} - {"operator"} == exported_fields
