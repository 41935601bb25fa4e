"""Secrets that an export leaves out: nothing is sent to a missing address, and no request has a missing key."""

from dataclasses import replace

import pytest

from comments.archive.left_out import site_values, with_placeholders
from comments.errors import Invalid
from comments.site import SiteKey
from service.web.site_access import is_key_of
from tests.support.lively_site import the_site
from workers.delivery.address_guard import target


def test_an_address_that_was_left_out_names_its_host_and_cannot_be_sent_to() -> None:
    filled = with_placeholders(site_values(the_site(), with_secrets=False))
    url = filled["webhooks"][0]["url"]
    assert url == "left-out://hook.example/"
    with pytest.raises(Invalid):
        target(url, frozenset({"hook.example"}))


def test_no_token_fits_a_key_that_was_left_out() -> None:
    site = the_site()
    key = with_placeholders(site_values(site, with_secrets=False))["keys"][0]
    without = replace(site, keys=(SiteKey(**key),))
    for secret in ("", "secret", "d" * 64):
        assert not is_key_of(without, f"rgk_k1_{secret}")
