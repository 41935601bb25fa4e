"""Names of traits and shapes for people. The names in `traits` and `shapes` are features of models and never change."""

import re
from collections.abc import Mapping
from functools import lru_cache

#: Names that need no article.
_PLAIN = frozenset(
    (
        *("fancy letters", "stacked accents", "look-alike letters", "hidden characters", "spaced letters"),
        *("digits as letters", "dots inside words", "encoded text", "words in pieces", "words run together"),
        "prose as code",
        *("markup", "markup in square brackets", "code", "the same link again", "links to articles only"),
        *("digits in the name", "signs in the name", "digits in the website", "hyphens in the website"),
        *("links to documentation only", "names of files or commands"),
        *("few words for its links", "lines broken inside a sentence", "2 links", "3 links", "4 or more links"),
    )
)
_OTHERS: Mapping[str, str] = {
    "1 links": "a link",
    "1 words": "one word",
    "link that counts who sent it": "a referral link",
    "telephone number": "a phone number",
    "quotation": "quoted text",
    "per cent": "a percentage",
    "name after @": "a name after @",
    "ends with a link": "a link at the end",
    "web address as the name": "website in the name field",
    "answer to somebody": "an answer to somebody",
    "long name of the website": "a long name of the website",
    "deep page as the website": "a page deep inside a website as the website",
    "name that nobody can pronounce": "a name that nobody can pronounce",
    "name of several words in small letters": "a name without capital letters",
    "one word in small letters as the name": "a name without capital letters",
    "website below a short text": "a website below a short text",
}
_WORD_WITH_DIGITS = re.compile(r"name with (\d+) digits")
_DOMAIN_ENDING = re.compile(r"link to (\.[a-z0-9-]+)")
_HOST = re.compile(r"link to (\S*\.\S+)")
_SPELLINGS = {"whatsapp": "WhatsApp", "whatapp": "WhatsApp", "wechat": "WeChat", "icq": "ICQ"}
_MESSENGER = re.compile(r"messenger (\w+)")


@lru_cache(maxsize=1 << 12)
def plain_name(name: str) -> str:
    """Return the name of a trait or shape as a noun phrase: "a phone number", "links to shop.example"."""
    if name in _OTHERS:
        return _OTHERS[name]
    if name in _PLAIN:
        return name
    if found := _DOMAIN_ENDING.fullmatch(name):
        return f"a link to a {found[1]} domain"
    if found := _HOST.fullmatch(name):
        return f"links to {found[1]}"
    if found := _WORD_WITH_DIGITS.fullmatch(name):
        return f"a word that ends in {found[1]} digits"
    if found := _MESSENGER.fullmatch(name):
        return f"the messenger {_SPELLINGS.get(found[1], found[1].capitalize())}"
    return f"{'an' if name[:1] in 'aeiou' else 'a'} {name}"
