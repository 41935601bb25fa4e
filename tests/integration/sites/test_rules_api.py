"""The rules of a site over its API, with its key."""

from dataclasses import replace

from comments.pseudonyms import token_digest
from comments.site import SiteKey
from comments.storage.interfaces import Storage
from tests.support.builders import a_site
from tests.support.public_app import open_public_app

WHOLE = "rgk_k1_secret"
HEADERS = {"Authorization": f"Bearer {WHOLE}"}
RULES = "/v1/sites/blog/rules"


def test_rules_are_added_listed_and_deleted_with_the_sites_key(storage: Storage) -> None:
    site = replace(a_site(), keys=(SiteKey("k1", token_digest(WHOLE)),))
    client = open_public_app(storage, site).client
    assert client.get(RULES).status_code == 401
    wrong = {"rules": [{"kind": "domain", "value": "co.uk"}, {"kind": "term", "value": "x", "effect": "trust"}]}
    refused = client.post(RULES, json=wrong, headers=HEADERS)
    assert refused.status_code == 422
    assert all(name in refused.text for name in ("rules.0", "rules.1", "public suffix", "cannot be trusted"))
    rules = {"rules": [{"kind": "domain", "value": "Spam.Example", "effect": "hold", "expiry": "30d", "reason": "Ads"}]}
    assert client.post(RULES, json=rules, headers=HEADERS).status_code == 200
    (rule,) = client.get(RULES, headers=HEADERS).json["rules"]
    assert (rule["name"], rule["effect"], rule["reason"], rule["hits"]) == ("domain:spam.example", "hold", "Ads", 0)
    deleted = client.post(f"{RULES}/delete", json={"names": [rule["name"], "term:none"]}, headers=HEADERS)
    assert deleted.json == {"deleted": 1}
    assert client.get(RULES, headers=HEADERS).json == {"rules": []}
