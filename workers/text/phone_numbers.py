"""Find phone numbers in texts that a person should see, and no dates or network addresses.

The model's trait "telephone number" is wider and narrower than this: its weight was fitted with dates among them.
"""

import re

from .traits import NO_DIGITS, PHONE

#: Groups of digits that begin like a phone number, or end with six digits or more: "0171 5556677", "347 1234567".
_IN_GROUPS = re.compile(
    r"(?<![\w/.,=#:-])(?<!\d )(?:(?:\+|00?|\(0)\d{1,4}\)?(?:[ /-]?\d{2,8}){2,5}|\d{3,4}[ -]\d{6,8})(?!\w|[/.,-]\w)"
)
_LEAST_DIGITS, _MOST_DIGITS = 9, 15
DATE_OR_NETWORK = re.compile(
    r"(?<![\d.-])(?:\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}-\d\d-\d\d|\d{1,3}(?:\.\d{1,3}){3})(?![.-]?\d)"
)
_DIGIT = re.compile(r"\d")
#: Digits of the shortest number that PHONE finds. Few texts have as many, so the slow searches are seldom needed.
_FEWEST_DIGITS = 5


def has_phone_number(folded: str) -> bool:
    """Decide if a folded text has a phone number."""
    if _count_digits(folded) < _FEWEST_DIGITS:
        return False
    text = DATE_OR_NETWORK.sub("-", folded)
    return any(map(_is_full, _IN_GROUPS.findall(text))) or bool(PHONE.search(text))


def has_full_phone_number(folded: str) -> bool:
    """Decide if a folded text has a phone number of nine digits or more. Shorter ones may be sums of money."""
    if _count_digits(folded) < _LEAST_DIGITS:
        return False
    text = DATE_OR_NETWORK.sub("-", folded)
    return any(map(_is_full, (*_IN_GROUPS.findall(text), *PHONE.findall(text))))


def _is_full(number: str) -> bool:
    return _LEAST_DIGITS <= sum(map(str.isdigit, number)) <= _MOST_DIGITS


def _count_digits(text: str) -> int:
    return len(text.encode().translate(None, NO_DIGITS) if text.isascii() else _DIGIT.findall(text))
