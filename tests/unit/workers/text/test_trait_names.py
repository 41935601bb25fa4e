"""Traits are named in words that a moderator would use."""

import pytest

from workers.text.trait_names import plain_name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("1 links", "a link"),
        ("telephone number", "a phone number"),
        ("quotation", "quoted text"),
        ("link that counts who sent it", "a referral link"),
        ("messenger whatapp", "the messenger WhatsApp"),
        ("name with 3 digits", "a word that ends in 3 digits"),
        ("link to .shop", "a link to a .shop domain"),
    ],
)
def test_the_names_of_traits_are_phrases(name: str, words: str) -> None:
    assert plain_name(name) == words
