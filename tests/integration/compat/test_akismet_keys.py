"""Keys of the Akismet API: where clients put them, and what a wrong one gets."""

import base64
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from comments.pseudonyms import Pseudonyms
from comments.storage.interfaces import Storage
from service.compat.akismet_api import COMMENT_CALLS, QUESTIONS
from service.compat.site_keys import SITE_KEYS_EXTENSION, WRONG_KEYS_PER_MINUTE, SiteKeyIndex
from tests.support.akismet import BLOG, AkismetServer, key_of, open_akismet
from tests.support.builders import SECRET, a_site

WRONG = "abcdefabcdef"


@pytest.fixture
def akismet(storage: Storage) -> AkismetServer:
    return open_akismet(storage)


@pytest.mark.parametrize(
    "fields", [{"api_key": key_of()}, {"api_key": None, "key": key_of()}, {"api_key": "", "key": f" {key_of()} "}]
)
def test_the_key_is_read_from_either_field(akismet: AkismetServer, fields: dict[str, str | None]) -> None:
    assert akismet.ask("verify-key", **fields).text == "valid"


@pytest.mark.parametrize("host", ["{}.rest.example", "{}.rest.example:8443", "{}.localhost"])
def test_the_key_is_read_from_the_host_name(akismet: AkismetServer, host: str) -> None:
    form = {"blog": BLOG, "comment_content": "A quiet evening at the pier.", "user_ip": "203.0.113.9"}
    answer = akismet.client.post("/1.1/comment-check", data=form, headers={"Host": host.format(key_of().upper())})
    assert answer.text == "false"
    wrong = akismet.client.post("/1.1/comment-check", data=form, headers={"Host": host.format(WRONG)})
    assert wrong.text == "invalid"


def test_a_key_in_the_body_comes_before_the_host_name(storage: Storage, akismet: AkismetServer) -> None:
    storage.sites.put(a_site(id="shop", akismet_keys=("k1",)))
    host = {"Host": f"{key_of('shop')}.rest.example"}
    akismet.client.post(
        "/1.1/comment-check", data={"blog": BLOG, "api_key": key_of(), "comment_content": "Hi there"}, headers=host
    )
    usage = [akismet.ask("usage-limit", "1.2", api_key=key_of(site)).json["usage"] for site in ("blog", "shop")]
    assert usage == [1, 0]


def test_the_key_is_read_from_the_path_and_from_authorization(akismet: AkismetServer) -> None:
    form = {"blog": BLOG}
    basic = base64.b64encode(f"{key_of()}:".encode()).decode()
    assert akismet.client.post(f"/k/{key_of()}/1.1/verify-key", data=form).text == "valid"
    for given in (f"Bearer {key_of()}", f"Basic {basic}"):
        assert akismet.client.post("/1.1/verify-key", data=form, headers={"Authorization": given}).text == "valid"
    for given in ("Basic ===", "Basic /w==", "Bearer", "Bearer " + "x" * 9_000, f"Bearer {WRONG}"):
        assert akismet.client.post("/1.1/verify-key", data=form, headers={"Authorization": given}).text == "invalid"


@pytest.mark.parametrize("path", [*COMMENT_CALLS, *(path for path in QUESTIONS if path != "test")])
def test_a_wrong_key_is_invalid_everywhere(akismet: AkismetServer, path: str) -> None:
    for key in (WRONG, "", "x", key_of()[:11], f"{key_of()}a", key_of("shop"), "é" * 12, "a" * 9_000):
        answer = akismet.ask(path, api_key=key, comment_content="Hi there")
        assert (answer.status_code, answer.text) == (200, "invalid"), key
        assert "replygate site akismet-key" in answer.headers["X-akismet-debug-help"]


def test_many_wrong_keys_of_one_network_are_throttled_and_the_right_key_still_works(akismet: AkismetServer) -> None:
    for _ in range(WRONG_KEYS_PER_MINUTE):
        assert akismet.ask("verify-key", api_key=WRONG).text == "invalid"
    answer = akismet.ask("verify-key", api_key=WRONG)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert akismet.ask("verify-key").text == "valid"


@pytest.mark.parametrize("blog", [None, "", "blog.example", "ftp://blog.example", "javascript:alert(1)"])
def test_verify_key_needs_the_address_of_the_blog(akismet: AkismetServer, blog: str | None) -> None:
    answer = akismet.ask("verify-key", blog=blog)
    assert answer.text == "invalid"
    assert "blog" in answer.headers["X-akismet-debug-help"]
    check = akismet.check(blog=blog)
    assert check.text not in ("true", "false", "invalid")
    assert "blog" in check.headers["X-akismet-debug-help"]


def test_a_removed_key_ends_and_a_rotated_one_overlaps(storage: Storage, akismet: AkismetServer) -> None:
    assert akismet.ask("verify-key").text == "valid"
    storage.sites.put(replace(storage.sites.get("blog"), akismet_keys=("k2", "k1")))
    rotated = open_app_again(akismet)
    assert [rotated.ask("verify-key", api_key=key_of(id=id)).text for id in ("k1", "k2")] == ["valid", "valid"]
    storage.sites.put(replace(storage.sites.get("blog"), akismet_keys=("k2",)))
    removed = open_app_again(akismet)
    assert [removed.ask("verify-key", api_key=key_of(id=id)).text for id in ("k1", "k2")] == ["invalid", "valid"]


def open_app_again(akismet: AkismetServer) -> AkismetServer:
    """Forget the site of the cache, as every process does within a second."""
    akismet.app.extensions["replygate.sites"].forget("blog")
    akismet.app.extensions[SITE_KEYS_EXTENSION].__init__(akismet.storage.sites, Pseudonyms(SECRET))
    return akismet


def test_the_key_of_a_deleted_site_is_invalid_with_an_alert(storage: Storage, akismet: AkismetServer) -> None:
    storage.sites.put(replace(storage.sites.get("blog"), deleted=datetime.now(UTC)))
    answer = akismet.ask("verify-key")
    assert (answer.status_code, answer.text) == (200, "invalid")
    assert answer.headers["X-akismet-alert-code"] == "10403"
    assert "deleted" in answer.headers["X-akismet-alert-msg"]


def test_the_key_of_a_site_that_was_removed_is_invalid(storage: Storage, akismet: AkismetServer) -> None:
    assert akismet.ask("verify-key").text == "valid"
    storage.sites.remove("blog")
    akismet.app.extensions["replygate.sites"].forget("blog")
    assert akismet.ask("verify-key").text == "invalid"


def test_unknown_keys_make_the_index_read_all_sites_seldom(storage: Storage) -> None:
    clock = [0.0]
    sites = CountedSites(storage)
    index = SiteKeyIndex(sites, Pseudonyms(SECRET), lambda: clock[0])
    for _ in range(100):
        assert index.site_ids(WRONG) == ()
    assert sites.read == 1
    storage.sites.put(a_site(akismet_keys=("k1",)))
    clock[0] = 1.0
    assert index.site_ids(key_of()) == ["blog"]
    assert sites.read == 2


class CountedSites:
    def __init__(self, storage: Storage) -> None:
        self._storage, self.read = storage, 0

    def all(self):
        self.read += 1
        return self._storage.sites.all()
