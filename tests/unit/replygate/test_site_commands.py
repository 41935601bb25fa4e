"""`replygate site` adds sites, changes their settings and manages their keys."""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from click.testing import Result

from comments.errors import Invalid
from comments.lifecycle import Action
from comments.pseudonyms import token_digest
from comments.setting_values import Term
from comments.site import Site, SiteKey
from comments.storage.interfaces import Storage
from comments.visitor_fields import VISITOR_FIELDS
from service.sites.settings import as_text, describe_settings, with_settings
from tests.support.builders import a_site, accepted, decided, published, removed_with_replies

Run = Callable[..., Result]


def test_a_site_is_added_with_its_settings(run: Run, storage: Storage):
    result = run("site", "add", "blog", "name=My blog", "origins=https://blog.example,http://localhost:8080")
    assert result.exit_code == 0, result.output
    site = storage.sites.get("blog")
    assert (site.name, site.origins) == ("My blog", ("https://blog.example", "http://localhost:8080"))


def test_keeping_replies_shows_those_that_were_hidden(run: Run, storage: Storage, blog: Site):
    hidden = []
    for _ in range(51):
        above = published(storage)
        hidden.append(published(storage, parent=above.id))
        removed_with_replies(storage, above)
    assert not any(storage.threads.are_visible("blog", hidden))
    words = "Replies below 51 removed comments are shown again."
    assert words in run("site", "set", "blog", "removed_replies=keep").output
    assert all(storage.threads.are_visible("blog", hidden))
    assert storage.threads.counts("blog", ["first-post"]) == [51]
    assert "Replies below 0 removed comments" in run("site", "set", "blog", "removed_replies=keep").output


def test_an_existing_site_is_not_added_again(run: Run, storage: Storage, blog: Site):
    result = run("site", "add", "blog", "name=Other")
    assert result.exit_code == 1
    assert "already" in result.stderr
    assert storage.sites.get("blog") == blog


@pytest.mark.parametrize("id", ["Blog", "a b", "", "a" * 41, "blog\n", "blög", "a/b", "all"])
def test_a_site_needs_a_valid_id(run: Run, storage: Storage, id: str):
    result = run("site", "add", "--", id)
    assert result.exit_code == 2
    assert storage.sites.all() == []


def test_sites_are_listed_with_their_queued_comments(run: Run, storage: Storage, blog: Site):
    accepted(storage)
    decided(storage, accepted(storage), Action.HOLD)
    head, row = run("site", "list").stdout.splitlines()
    assert head.split() == ["ID", "NAME", "QUEUED", "NEEDS", "REVIEW", "STATE"]
    assert row.split() == ["blog", "A", "blog", "1", "1"]


def test_the_list_without_sites_has_only_a_head(run: Run):
    assert run("site", "list").stdout.split() == ["ID", "NAME", "QUEUED", "NEEDS", "REVIEW", "STATE"]


def test_the_list_marks_paused_and_deleted_sites(run: Run, storage: Storage, blog: Site):
    storage.sites.put(a_site(id="calm", name="Calm", paused=True))
    storage.sites.put(a_site(id="gone", name="Gone", paused=True, deleted=datetime(2026, 1, 1, tzinfo=UTC)))
    rows = {row.split()[0]: row.split()[-1] for row in run("site", "list").stdout.splitlines()[1:]}
    assert rows == {"blog": "0", "calm": "paused", "gone": "deleted"}


def test_set_accepts_what_show_prints(run: Run, storage: Storage):
    site = a_site(
        hold_words=(Term("casino"), Term("cheap pills", ("author", "url")), Term('a, "b"')),
        match_inside_words=True,
        hold_at=2.5,
        profanity_allow=("cock", "tit, blue"),
    )
    storage.sites.put(site)
    lines = run("site", "show", "blog").stdout.splitlines()
    settings = [line for line in lines if not line.startswith("#")]
    assert len(lines) - len(settings) == len(
        ["id", "created", "keys", "user_keys", "akismet_keys", "coral_keys", "webhooks", "chat_receivers", "deleted"]
    )
    assert with_settings(a_site(), settings) == site


def test_a_setting_is_changed(run: Run, storage: Storage, blog: Site):
    assert run("site", "set", "blog", "max_links=5", "profanity=mask").exit_code == 0
    assert storage.sites.get("blog") == replace(blog, max_links=5, profanity="mask")


def test_every_wrong_setting_is_named_at_once_and_nothing_changes(run: Run, storage: Storage, blog: Site):
    result = run("site", "set", "blog", "max_links=many", "profanity=perhaps", "colour=red", "required", "id=other")
    assert result.exit_code == 2
    for field in ("max_links", "profanity", "colour", "required", "id"):
        assert any(line.removeprefix("Error: ").startswith(field) for line in result.stderr.splitlines()), result.stderr
    assert storage.sites.get("blog") == blog


@pytest.mark.parametrize(
    "setting",
    [
        *("max_links=-1", "max_links=1.5", "max_content=0", "max_content=1000000", "max_pending=0", "hold_at=nan"),
        *("hold_at=9", "spam_at=2", "match_inside_words=maybe", "required=content,shoe", "name=", "name=a\x00b"),
        *("trap_field=email", "trap_field=", "trap_field=a b", "audit_share=1.5"),
        *("moderation=none", "origins=*", "origins=https://*.blog.example", "origins=null"),
        *("origins=https://blog.example/path", "origins=HTTPS://blog.example", "origins=https://blog.example:443"),
        *("origins=ftp://blog.example", "origins=https://me@blog.example", "origins=https://[::1", "origins=https://"),
    ],
)
def test_an_invalid_value_is_refused_with_the_name_of_its_setting(run: Run, blog: Site, setting: str):
    result = run("site", "set", "blog", setting)
    assert result.exit_code == 2
    assert "must" in result.stderr or "only" in result.stderr or "not like" in result.stderr


def test_an_unknown_setting_is_answered_with_the_nearest(run: Run, blog: Site):
    result = run("site", "set", "blog", "max_link=5")
    assert result.exit_code == 2
    assert "did you mean max_links?" in result.stderr


@pytest.mark.parametrize("value", ["yes", "true", "on", "YES"])
def test_yes_can_be_written_in_several_ways(value: str):
    assert with_settings(a_site(), [f"match_inside_words={value}"]).match_inside_words


def test_words_may_name_their_fields_and_be_separated_by_lines():
    site = with_settings(a_site(), ['hold_words=casino, author+url:pills\nhttp://bad.example\n"one, two"\n\n'])
    assert site.hold_words == (
        Term("casino", VISITOR_FIELDS),
        Term("pills", ("author", "url")),
        Term("http://bad.example", VISITOR_FIELDS),
        Term("one, two", VISITOR_FIELDS),
    )


def test_an_equals_sign_may_stand_in_a_value():
    assert with_settings(a_site(), ["name=a=b"]).name == "a=b"


def test_an_empty_value_empties_a_list():
    assert with_settings(a_site(), ["origins="]).origins == ()


def test_every_field_of_a_site_is_a_setting_or_fixed():
    assert {
        *describe_settings(),
        "id",
        "created",
        "keys",
        "user_keys",
        "akismet_keys",
        "coral_keys",
        "webhooks",
        "chat_receivers",
        "deleted",
    } == {f.name for f in fields(Site)}
    for name in describe_settings():
        assert with_settings(a_site(), [f"{name}={as_text(getattr(a_site(), name))}"]) == a_site()


@pytest.mark.parametrize(
    ("name", "value"),
    [(s.name, value) for s in describe_settings().values() if s.type == "enum" for value in s.choices],
)
def test_every_listed_choice_is_accepted(name: str, value: str):
    assert getattr(with_settings(a_site(), [f"{name}={value}"]), name) == value


def test_every_setting_has_a_title_and_a_help_text():
    for setting in describe_settings().values():
        assert setting.title[0].isupper(), setting
        assert setting.help.endswith("."), setting
        assert all(not label[0].islower() for label in setting.choices.values()), setting


def test_settings_are_explained_with_their_limits(run: Run):
    text = run("site", "settings").stdout
    assert "max_content=10000 (from 1 to 15000 characters)\n    Longest comment. Longer ones are refused.\n" in text
    assert "close_after_days=0 (at least 0 days; 0: never)\n" in text
    assert "moderation=unsure (all, first, unsure, suspicious)\n" in text


def test_a_stored_setting_outside_new_limits_does_not_block_the_others(blog: Site):
    old = replace(blog, max_content=90_000)
    assert with_settings(old, ["max_links=3"]) == replace(old, max_links=3)
    with pytest.raises(Invalid):
        with_settings(old, ["max_content=90001"])
    assert with_settings(old, ["max_content=90000"]) == old


def test_an_unknown_site_is_answered_with_the_existing_ones(run: Run, blog: Site):
    for words in (("show", "blug"), ("set", "blug", "max_links=1"), ("key", "blug")):
        result = run("site", *words)
        assert result.exit_code == 1
        assert "no site blug" in result.stderr
        assert "blog" in result.stderr


# Keys


def test_a_key_is_shown_once_and_stored_as_a_digest(run: Run, storage: Storage, blog: Site):
    whole = run("site", "key", "blog").stdout.strip()
    _, id, secret = whole.split("_")
    assert storage.sites.get("blog").keys == (SiteKey(id, token_digest(whole)),)
    assert secret not in run("site", "show", "blog").stdout
    assert f"keys={id}" in run("site", "show", "blog").stdout


def test_a_key_for_users_is_shown_once_and_rotated_with_an_overlap(run: Run, storage: Storage, blog: Site):
    secrets = [run("site", "user-key", "blog").stdout.strip() for _ in range(2)]
    new, _old = storage.sites.get("blog").user_keys
    assert secrets[0] != secrets[1]
    assert all(secret.startswith("rgu_") for secret in secrets)
    assert secrets[1] not in run("site", "show", "blog").stdout
    assert run("site", "user-key", "blog", "--finish").stdout == f"Valid keys of blog: {new}.\n"
    assert run("site", "user-key", "blog", "--finish").exit_code != 0
    assert run("site", "user-key", "blog", "--remove").exit_code == 0
    assert storage.sites.get("blog").user_keys == ()


def test_an_akismet_key_has_the_form_that_akismet_plugins_accept(run: Run, storage: Storage, blog: Site):
    keys = [run("site", "akismet-key", "blog").stdout for _ in range(2)]
    new, old = storage.sites.get("blog").akismet_keys
    assert all(re.fullmatch("[0-9a-f]{12}\n", key) for key in keys)
    assert keys[0] != keys[1]
    assert keys[1].strip() not in run("site", "show", "blog").stdout
    assert run("site", "akismet-key", "blog", "--finish").stdout == f"Valid keys of blog: {new}.\n"
    assert old not in storage.sites.get("blog").akismet_keys
    assert run("site", "akismet-key", "blog", "--remove").exit_code == 0
    assert storage.sites.get("blog").akismet_keys == ()


def test_two_keys_work_until_one_is_revoked(run: Run, storage: Storage, blog: Site):
    run("site", "key", "blog")
    run("site", "key", "blog")
    first, second = storage.sites.get("blog").keys
    assert run("site", "key", "blog", "--revoke", first.id).exit_code == 0
    assert storage.sites.get("blog").keys == (second,)
    again = run("site", "key", "blog", "--revoke", first.id)
    assert again.exit_code == 1
    assert second.id in again.stderr


def test_the_signing_secret_of_coral_is_asked_for_and_the_one_before_stays_valid(
    run: Run, storage: Storage, blog: Site
):
    for secret in ("one", "two", "three"):
        result = run("site", "coral-secret", "blog", typed=f"{secret}\n")
        assert result.exit_code == 0, result.output
        assert secret not in result.output
    assert storage.sites.get("blog").coral_keys == ("three", "two")
    shown = run("site", "show", "blog").output + repr(storage.sites.get("blog"))
    assert "three" not in shown
    assert "Removed" in run("site", "coral-secret", "blog", "--remove").output
    assert storage.sites.get("blog").coral_keys == ()
