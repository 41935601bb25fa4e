"""A site's server exports and erases everything from one person, with its key."""

from dataclasses import replace
from datetime import UTC, datetime

from comments.pseudonyms import Pseudonyms, token_digest
from comments.site import SiteKey
from comments.storage.interfaces import Storage
from tests.support.builders import SECRET, a_site, published, settings
from tests.support.public_app import open_public_app
from workers.delivery.deps import DeliveryDeps
from workers.subject_erasure import erase_some

WHOLE = "rgk_k1_secret"
HEADERS = {"Authorization": f"Bearer {WHOLE}"}
PEOPLE = "/v1/sites/blog/people"
EMAIL = "zebulon@quagga.example"
NAMES = Pseudonyms(SECRET)
SITE = replace(a_site(), keys=(SiteKey("k1", token_digest(WHOLE)),))


def test_only_the_sites_key_opens_the_data_of_a_person(storage: Storage) -> None:
    client = open_public_app(storage, SITE).client
    for path in ("/export", "/erasures"):
        assert client.post(PEOPLE + path, json={"email": EMAIL}).status_code == 401
    assert client.get(f"{PEOPLE}/erasures/x").status_code == 401
    assert not storage.subjects.has_open("blog")


def test_a_person_is_exported_and_erased_with_a_receipt(storage: Storage) -> None:
    client = open_public_app(storage, SITE).client
    comment = published(storage, email=EMAIL, identity=NAMES.author(EMAIL), author="Zebulon")
    found = client.post(f"{PEOPLE}/export", json={"email": EMAIL}, headers=HEADERS)
    assert [each["id"] for each in found.json["comments"]] == [comment.id]
    asked = client.post(f"{PEOPLE}/erasures", json={"email": EMAIL, "lessons": "unlearn"}, headers=HEADERS)
    assert (asked.status_code, asked.json["receipt"]) == (202, None)
    d = DeliveryDeps(settings(), storage, lambda: datetime.now(UTC))
    while storage.subjects.has_open("blog"):
        erase_some(d, SITE)
    state = client.get(f"{PEOPLE}/erasures/{asked.json['id']}", headers=HEADERS).json
    assert state["stage"] == "done"
    assert state["receipt"]["erased"]["comments"] == 1
    assert not storage.comments.get("blog", comment.id).has_text


def test_a_request_must_name_one_person(storage: Storage) -> None:
    client = open_public_app(storage, SITE).client
    for body in ({}, {"email": "nobody"}, {"email": EMAIL, "user": "7"}, {"email": EMAIL, "lessons": "x"}):
        assert client.post(f"{PEOPLE}/erasures", json=body, headers=HEADERS).status_code == 422
    assert client.post(f"{PEOPLE}/export", json={"comment": "none"}, headers=HEADERS).status_code == 404
    assert client.get(f"{PEOPLE}/erasures/none", headers=HEADERS).status_code == 404
