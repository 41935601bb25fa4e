"""The command line: what each command does, what it prints, and how it ends when it cannot."""

import json
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from comments.lifecycle import Action
from comments.model import VISITOR_FIELDS, Comment, Decision, Signal, Site, SiteKey, Term
from comments.pseudonyms import token_digest
from comments.rq_figures import QueueFigures
from comments.site_choices import SITE_CHOICES
from comments.storage import Storage
from replygate.__main__ import cli
from replygate.embedded import start, url
from replygate.export import lines as lines_of
from replygate.installation import ADDRESS_FILE, KEY_FILE, Installation
from replygate.installation import settings as find
from service.choices import FIXED, changed, names, problems, shown
from tests.builders import SECRET, a_site, accepted, decided, moderated, published, settings

Run = Callable[..., Result]


class OneQueue:
    def figures(self) -> tuple[QueueFigures, ...]:
        jobs = dict.fromkeys(("queued", "started", "finished", "failed", "deferred", "scheduled"), 0)
        return (QueueFigures("judge", 2, jobs | {"queued": 7}),)


@pytest.fixture
def run(memory: Storage) -> Run:
    """One command on a deployment in memory."""
    here = Installation(settings(public_url="https://replies.example/"), memory, OneQueue(), lambda: datetime.now(UTC))

    def command(*words: str) -> Result:
        return CliRunner().invoke(cli, words, obj=here, catch_exceptions=False)

    return command


@pytest.fixture
def blog(memory: Storage) -> Site:
    memory.sites.put(a_site())
    return a_site()


def alone(*words: str, env: dict[str, str] | None = None) -> Result:
    """One command on whatever the environment and the directory say."""
    return CliRunner().invoke(cli, words, env=env, catch_exceptions=False)


# Sites


def test_a_site_is_added_with_its_choices(run: Run, memory: Storage):
    result = run("site", "add", "blog", "name=My blog", "origins=https://blog.example,http://localhost:8080")
    assert result.exit_code == 0, result.output
    site = memory.sites.get("blog")
    assert (site.name, site.origins) == ("My blog", ("https://blog.example", "http://localhost:8080"))


def test_a_site_is_not_added_over_another(run: Run, memory: Storage, blog: Site):
    result = run("site", "add", "blog", "name=Other")
    assert result.exit_code == 1
    assert "already" in result.stderr
    assert memory.sites.get("blog") == blog


@pytest.mark.parametrize("id", ["Blog", "a b", "", "a" * 41, "blog\n", "blög", "a/b", "all"])
def test_a_site_needs_an_id_that_fits_everywhere(run: Run, memory: Storage, id: str):
    result = run("site", "add", "--", id)
    assert result.exit_code == 2
    assert memory.sites.all() == []


def test_sites_are_listed_with_what_waits(run: Run, memory: Storage, blog: Site):
    accepted(memory)
    decided(memory, accepted(memory), Action.HOLD)
    head, row = run("site", "list").stdout.splitlines()
    assert head.split() == ["ID", "NAME", "WAITING", "HELD"]
    assert row.split() == ["blog", "A", "blog", "1", "1"]


def test_no_sites_is_a_table_without_rows(run: Run):
    assert run("site", "list").stdout.split() == ["ID", "NAME", "WAITING", "HELD"]


def test_what_show_prints_set_takes_back(run: Run, memory: Storage):
    site = a_site(
        hold_words=(Term("casino"), Term("cheap pills", ("author", "url")), Term('a, "b"')),
        match_inside_words=True,
        hold_at=2.5,
        profanity_allow=("cock", "tit, blue"),
    )
    memory.sites.put(site)
    lines = run("site", "show", "blog").stdout.splitlines()
    choices = [line for line in lines if line.partition("=")[0] in names()]
    assert changed(a_site(), choices) == site


def test_a_choice_is_changed(run: Run, memory: Storage, blog: Site):
    assert run("site", "set", "blog", "max_links=5", "profanity=mask").exit_code == 0
    assert memory.sites.get("blog") == replace(blog, max_links=5, profanity="mask")


def test_every_wrong_choice_is_named_at_once_and_nothing_changes(run: Run, memory: Storage, blog: Site):
    result = run("site", "set", "blog", "max_links=many", "profanity=perhaps", "colour=red", "required", "id=other")
    assert result.exit_code == 2
    for field in ("max_links", "profanity", "colour", "required", "id"):
        assert any(line.removeprefix("Error: ").startswith(field) for line in result.stderr.splitlines()), result.stderr
    assert memory.sites.get("blog") == blog


@pytest.mark.parametrize(
    "choice",
    [
        *("max_links=-1", "max_links=1.5", "max_content=0", "max_content=1000000", "max_pending=0", "hold_at=nan"),
        *("hold_at=9", "spam_at=2", "match_inside_words=maybe", "required=content,shoe", "name=", "name=a\x00b"),
        *("trap_field=email", "trap_field=", "trap_field=a b", "audit_share=1.5"),
        *("moderation=none", "origins=*", "origins=null"),
        *("origins=https://blog.example/path", "origins=HTTPS://blog.example", "origins=https://blog.example:443"),
        *("origins=ftp://blog.example", "origins=https://me@blog.example", "origins=https://[::1", "origins=https://"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_of_its_field(run: Run, blog: Site, choice: str):
    result = run("site", "set", "blog", choice)
    assert result.exit_code == 2
    assert "must" in result.stderr or "only" in result.stderr or "not like" in result.stderr


@pytest.mark.parametrize("value", ["yes", "true", "on", "YES"])
def test_yes_has_many_names(value: str):
    assert changed(a_site(), [f"match_inside_words={value}"]).match_inside_words


def test_words_may_name_their_fields_and_stand_on_lines():
    site = changed(a_site(), ['hold_words=casino, author+url:pills\nhttp://bad.example\n"one, two"\n\n'])
    assert site.hold_words == (
        Term("casino", VISITOR_FIELDS),
        Term("pills", ("author", "url")),
        Term("http://bad.example", VISITOR_FIELDS),
        Term("one, two", VISITOR_FIELDS),
    )


def test_an_equals_sign_may_stand_in_a_value():
    assert changed(a_site(), ["name=a=b"]).name == "a=b"


def test_a_list_is_emptied_by_nothing():
    assert changed(a_site(), ["origins="]).origins == ()


def test_every_field_of_a_site_can_be_chosen_or_is_fixed():
    assert {*names(), *FIXED} == set(Site.__dataclass_fields__)
    for name in names():
        assert changed(a_site(), [f"{name}={shown(getattr(a_site(), name))}"]) == a_site()


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, values in SITE_CHOICES.items() for v in values])
def test_every_listed_choice_can_be_chosen(name: str, value: str):
    assert not list(problems(changed(a_site(), [f"{name}={value}"])))


def test_a_site_that_is_not_there_is_answered_with_those_that_are(run: Run, blog: Site):
    for words in (("show", "blug"), ("set", "blug", "max_links=1"), ("key", "blug")):
        result = run("site", *words)
        assert result.exit_code == 1
        assert "no site blug" in result.stderr
        assert "blog" in result.stderr


# Keys


def test_a_key_is_shown_once_and_only_its_digest_kept(run: Run, memory: Storage, blog: Site):
    whole = run("site", "key", "blog").stdout.strip()
    _, id, secret = whole.split("_")
    assert memory.sites.get("blog").keys == (SiteKey(id, token_digest(whole)),)
    assert secret not in run("site", "show", "blog").stdout
    assert f"keys={id}" in run("site", "show", "blog").stdout


def test_two_keys_are_good_until_one_is_taken_back(run: Run, memory: Storage, blog: Site):
    run("site", "key", "blog")
    run("site", "key", "blog")
    first, second = memory.sites.get("blog").keys
    assert run("site", "key", "blog", "--revoke", first.id).exit_code == 0
    assert memory.sites.get("blog").keys == (second,)
    again = run("site", "key", "blog", "--revoke", first.id)
    assert again.exit_code == 1
    assert second.id in again.stderr


# Export


def read(line: str) -> Comment:
    """A comment from its line: what a reader of the format has to do."""
    values = json.loads(line)
    assert values.pop("kind") == "comment"
    decisions = [
        Decision(**d | {"at": datetime.fromisoformat(d["at"]), "signals": tuple(Signal(**s) for s in d["signals"])})
        for d in values["decisions"]
    ]
    return Comment(**values | {"received": datetime.fromisoformat(values["received"]), "decisions": tuple(decisions)})


def test_an_export_holds_every_comment_with_its_whole_history(run: Run, memory: Storage, blog: Site):
    memory.sites.put(a_site(id="shop"))
    foreign = accepted(memory, site="shop")
    kept = [
        accepted(memory, content='line one\nline two\u2028 "quoted" \x00 \u202e 😀'),
        moderated(memory, published(memory, url="https://ada.example"), Action.SPAM),
        decided(memory, accepted(memory), Action.HOLD),
    ]
    site, *lines = run("export", "--site", "blog").stdout_bytes.decode().split("\n")[:-1]
    assert {c.id: c for c in map(read, lines)} == {c.id: memory.comments.get("blog", c.id) for c in kept}
    assert foreign.id not in "".join(lines)
    assert json.loads(site)["id"] == "blog"


def test_an_export_says_nothing_of_the_keys_but_their_ids(run: Run, memory: Storage, blog: Site):
    whole = run("site", "key", "blog").stdout.strip()
    text = run("export", "--site", "blog").stdout
    assert token_digest(whole) not in text
    assert json.loads(text)["keys"] == [whole.split("_")[1]]


def test_an_export_to_a_file_is_for_its_owner_alone(run: Run, blog: Site, tmp_path: Path):
    assert run("export", "--site", "blog", "--output", str(tmp_path / "blog.jsonl")).exit_code == 0
    assert stat.S_IMODE((tmp_path / "blog.jsonl").stat().st_mode) == 0o600


def test_a_comment_that_a_person_moves_during_an_export_is_not_lost(memory: Storage, blog: Site):
    from_approved = published(memory, content="first")
    for n in range(3):
        published(memory, content=f"more {n}")
    held = decided(memory, accepted(memory), Action.HOLD)
    lines = lines_of(memory, blog)
    got = [next(lines)]
    moderated(memory, from_approved, Action.REMOVE)
    moderated(memory, held, Action.APPROVE)
    got += lines
    ids = [json.loads(line)["id"] for line in got if '"comment"' in line[:20]]
    assert len(ids) == len(set(ids)) == 5


# Status


def alive(storage: Storage) -> None:
    storage.beats.beat("judge", "j-1", 60)
    storage.beats.beat("sweep", "s-1", 60)


def test_status_says_that_all_is_well(run: Run, memory: Storage, blog: Site):
    alive(memory)
    published(memory)
    result = run("status", "--seconds", "0")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("All is well.")
    assert ["judge", "2", "7", "0", "0"] in [line.split() for line in result.stdout.splitlines()]


def test_status_ends_with_one_when_nobody_judges(run: Run, blog: Site):
    result = run("status", "--seconds", "0")
    assert result.exit_code == 1
    assert "No judge is running" in result.stdout


def test_status_shows_rates_when_it_looks_longer(run: Run, memory: Storage, blog: Site):
    alive(memory)
    assert "a second now" in run("status", "--seconds", "0.01").stdout


def test_status_looks_for_one_part_alone(run: Run, memory: Storage, blog: Site):
    memory.beats.beat("sweep", "s-1", 60)
    assert run("status", "--part", "sweep").stdout == "sweep: 1 alive\n"
    missing = run("status", "--part", "judge")
    assert (missing.exit_code, missing.stderr) == (1, "Error: no judge says that it is alive\n")


# The API


def test_the_openapi_document_is_printed_without_a_running_service():
    document = json.loads(alone("openapi").stdout)
    assert document["openapi"].startswith("3.1")
    assert {"/healthz", "/readyz", "/metrics", "/ops/figures"} <= document["paths"].keys()


# The environment


def test_without_settings_the_missing_variable_is_named(tmp_path: Path):
    result = alone("--data", str(tmp_path), "site", "list")
    assert result.exit_code == 2
    assert "REPLYGATE_SECRET_KEY" in result.stderr
    assert "Traceback" not in result.output


def test_every_wrong_variable_is_named():
    env = {"REPLYGATE_SECRET_KEY": SECRET, "REPLYGATE_PORT": "many", "REPLYGATE_COLOUR": "red"}
    result = alone("site", "list", env=env)
    assert result.exit_code == 2
    assert "REPLYGATE_PORT" in result.stderr
    assert "REPLYGATE_COLOUR" in result.stderr


@pytest.mark.parametrize("url", ["nonsense", "redis://127.0.0.1:port/0", "http://127.0.0.1"])
def test_an_address_that_is_none_is_named(url: str):
    result = alone("site", "list", env={"REPLYGATE_SECRET_KEY": SECRET, "REPLYGATE_REDIS_URL": url})
    assert result.exit_code == 2
    assert "REPLYGATE_REDIS_URL" in result.stderr


def test_a_server_that_is_away_is_a_sentence(tmp_path: Path):
    env = {"REPLYGATE_SECRET_KEY": SECRET, "REPLYGATE_REDIS_URL": f"unix://{tmp_path}/none.sock"}
    result = alone("site", "list", env=env)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: the server does not answer: ")
    assert "Traceback" not in result.output


def test_commands_find_what_the_environment_names(valkey_url: str):
    env = {"REPLYGATE_SECRET_KEY": SECRET, "REPLYGATE_REDIS_URL": valkey_url}
    assert alone("site", "add", "blog", env=env).exit_code == 0
    assert "blog" in alone("site", "list", env=env).stdout


def test_commands_find_what_runs_in_the_directory(tmp_path: Path):
    (tmp_path / KEY_FILE).write_text(SECRET)
    (tmp_path / ADDRESS_FILE).write_text("http://127.0.0.1:9999")
    server = start(tmp_path, fsync="everysec")
    here = ("--data", str(tmp_path))
    assert alone(*here, "site", "add", "blog").exit_code == 0
    assert alone(*here, "moderator", "add", "Mo", "--site", "blog").stdout.startswith("http://127.0.0.1:9999/link/")
    server.stop()


def test_what_the_environment_says_goes_before_what_runs_in_the_directory(tmp_path: Path):
    (tmp_path / "valkey.lock").touch()
    (tmp_path / KEY_FILE).write_text("0" * 64)
    told = {"REPLYGATE_SECRET_KEY": SECRET, "REPLYGATE_PUBLIC_URL": "https://replies.example"}
    found = find(tmp_path, told)
    assert (found.secret_key, found.public_url) == (SECRET, "https://replies.example")
    assert found.redis_url == url(tmp_path)
    assert find(tmp_path, {**told, "REPLYGATE_REDIS_URL": "redis://other"}).redis_url == "redis://other"


@pytest.mark.parametrize("words", [(), ("site",), ("moderator",), ("status",), ("export",)])
def test_help_is_there_without_any_settings(words: tuple[str, ...]):
    result = alone(*words, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.stdout
