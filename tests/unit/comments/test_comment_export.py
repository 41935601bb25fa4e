"""`replygate export` writes every comment with its history, readable only by the owner."""

import json
import stat
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from click.testing import Result

from comments.archive.left_out import site_values, with_placeholders
from comments.archive.site_export import export_lines
from comments.chat_receivers import ChatKind, ChatReceiver
from comments.lifecycle import Action
from comments.model import Comment, Decision, Signal
from comments.pseudonyms import Pseudonyms, token_digest
from comments.site import Site, Webhook
from comments.storage.interfaces import Storage
from tests.support.builders import NOW, SECRET, a_site, accepted, decided, moderated, published

Run = Callable[..., Result]


def read(line: str) -> Comment:
    """Read a comment from its line, as another program would."""
    values = json.loads(line)
    assert values.pop("kind") == "comment"
    decisions = [
        Decision(**d | {"at": datetime.fromisoformat(d["at"]), "signals": tuple(Signal(**s) for s in d["signals"])})
        for d in values["decisions"]
    ]
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    read = {**lists, "received": datetime.fromisoformat(values["received"])}
    return Comment(**values | read | {"decisions": tuple(decisions)})


def test_an_export_holds_every_comment_with_its_whole_history(run: Run, storage: Storage, blog: Site):
    storage.sites.put(a_site(id="shop"))
    foreign = accepted(storage, site="shop")
    kept = [
        accepted(storage, content='line one\nline two\u2028 "quoted" \x00 \u202e 😀'),
        moderated(storage, published(storage, url="https://ada.example"), Action.SPAM),
        decided(storage, accepted(storage), Action.HOLD),
    ]
    header, site, *others = run("export", "--site", "blog").stdout_bytes.decode().split("\n")[:-1]
    lines = [line for line in others if json.loads(line)["kind"] == "comment"]
    assert {c.id: c for c in map(read, lines)} == {c.id: storage.comments.get("blog", c.id) for c in kept}
    assert foreign.id not in "".join(others)
    assert json.loads(header)["kind"] == "replygate"
    assert json.loads(site)["id"] == "blog"


def test_an_export_contains_only_the_ids_of_api_keys(run: Run, storage: Storage, blog: Site):
    whole = run("site", "key", "blog").stdout.strip()
    text = run("export", "--site", "blog").stdout
    assert token_digest(whole) not in text
    site = json.loads(text.splitlines()[1])
    assert site["keys"] == [whole.split("_")[1]]
    assert site["left_out"] == [f"keys.{whole.split('_')[1]}"]


def test_an_export_names_secret_addresses_and_tokens_without_their_values(run: Run, storage: Storage):
    webhook = Webhook("w1", "https://user:pass@hook.example/secret-path?key=secret-key", NOW, ("k1",))
    receivers = (
        ChatReceiver("c1", ChatKind.SLACK, "#moderation", NOW, url="https://hooks.slack.com/services/secret-slack"),
        ChatReceiver("c2", ChatKind.TELEGRAM, "Mo", NOW, token="123:secret-telegram", chat="@mo"),
        ChatReceiver("c3", ChatKind.NTFY, "Phone", NOW, url="https://ntfy.sh/secret-topic", token="secret-ntfy"),
    )
    storage.sites.put(a_site(webhooks=(webhook,), chat_receivers=receivers, coral_keys=("secret-coral",)))
    site = json.loads(run("export", "--site", "blog").stdout.splitlines()[1])
    assert "secret" not in json.dumps(site)
    assert "pass" not in json.dumps(site["webhooks"])
    assert site["left_out"] == [
        *("coral_keys.0", "webhooks.w1.url", "chat_receivers.c1.url"),
        *("chat_receivers.c2.token", "chat_receivers.c3.url", "chat_receivers.c3.token"),
    ]
    assert [(r["name"], r["host"]) for r in site["chat_receivers"]] == [
        *(("#moderation", "hooks.slack.com"), ("Mo", ""), ("Phone", "ntfy.sh")),
    ]
    assert site["webhooks"][0]["host"] == "hook.example"


def test_an_export_file_is_readable_only_by_its_owner(run: Run, blog: Site, tmp_path: Path):
    assert run("export", "--site", "blog", "--output", str(tmp_path / "blog.jsonl")).exit_code == 0
    assert stat.S_IMODE((tmp_path / "blog.jsonl").stat().st_mode) == 0o600


def test_a_comment_moderated_during_an_export_is_exported(storage: Storage, blog: Site):
    from_approved = published(storage, content="first")
    for n in range(3):
        published(storage, content=f"more {n}")
    held = decided(storage, accepted(storage), Action.HOLD)
    lines = export_lines(storage, blog, Pseudonyms(SECRET))
    got = [next(lines)]
    moderated(storage, from_approved, Action.REMOVE)
    moderated(storage, held, Action.APPROVE)
    got += lines
    ids = [json.loads(line)["id"] for line in got if '"comment"' in line[:20]]
    assert len(ids) == len(set(ids)) == 5


def test_the_place_of_a_signing_key_survives_an_import_and_fits_no_request():
    exported = site_values(a_site(coral_keys=("new", "old")), with_secrets=False)
    again = a_site(coral_keys=tuple(with_placeholders(exported)["coral_keys"]))
    assert again.coral_keys == ("", "")
    for with_secrets in (False, True):
        assert site_values(again, with_secrets)["left_out"] == exported["left_out"] == ["coral_keys.0", "coral_keys.1"]
    assert site_values(a_site(coral_keys=("new",)), with_secrets=True)["coral_keys"] == ("new",)
