"""Find phone numbers in texts that a person should see, and no dates or network addresses.

The model's trait "telephone number" is wider and narrower than this: its weight was fitted with dates among them.
"""

import re

from .traits import PHONE

#: Groups of digits that begin like a phone number, or end with six digits or more: "0171 5556677", "347 1234567".
_IN_GROUPS = re.compile(
    r"(?<![\w/.,=#:-])(?<!\d )(?:(?:\+|00?|\(0)\d{1,4}\)?(?:[ /-]?\d{2,8}){2,5}|\d{3,4}[ -]\d{6,8})(?!\w|[/.,-]\w)"
)
_LEAST_DIGITS, _MOST_DIGITS = 9, 15
_DATE_OR_NETWORK = re.compile(
    r"(?<![\d.-])(?:\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}-\d\d-\d\d|\d{1,3}(?:\.\d{1,3}){3})(?![.-]?\d)"
)


def has_phone_number(folded: str) -> bool:
    """Decide if a folded text has a phone number."""
    text = _DATE_OR_NETWORK.sub("-", folded)
    numbers = [sum(map(str.isdigit, found)) for found in _IN_GROUPS.findall(text)]
    return any(_LEAST_DIGITS <= digits <= _MOST_DIGITS for digits in numbers) or bool(PHONE.search(text))
