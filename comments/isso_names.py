"""Isso's names for comments and threads: whole numbers, and paths of pages.

Isso's client uses the number of a comment as the id of its HTML element and in links (`#isso-12`). JavaScript is exact
up to 2^53, so all numbers are below it.

* A comment that was imported from Isso keeps its number, which is below 2^52. Its id is derived from the number:
  `isso`, the number in 11 letters, and a check of 11 letters that no random id has by chance.
* The number of any other comment is 2^52, plus the milliseconds of its time times 1024, plus 10 bits of a digest of its
  id. It never changes, is not stored, and says where in the thread the comment is found. Only two comments of the same
  millisecond can share a number, once in 1024 such pairs.
"""

from datetime import datetime
from hashlib import blake2b

from .pseudonyms import BASE32, ID_LETTERS, id_of
from .site import Site
from .storage.codec import milliseconds
from .thread_addresses import thread_key

#: Numbers from Isso are below it, those of other comments from it on.
FIRST_OWN_NUMBER = 2**52

_PREFIX = "isso"
_DIGEST_BITS = 10
#: Milliseconds fit into the other 42 bits until the year 2109.
_LAST_TIME = 2**42 - 1
#: Digits of base 32, in the order of `pseudonyms.BASE32`. Eleven hold 55 bits.
_DIGITS = BASE32[:32].decode()
_NUMBER_LETTERS = 11


def id_of_isso_comment(number: int) -> str:
    """Return the id of the comment that had this number in Isso. Raises ValueError for numbers outside 1 to 2^52 - 1.

    The id is the same on every site, so a comment keeps its number when a site is moved.
    """
    if not 0 < number < FIRST_OWN_NUMBER:
        raise ValueError("not the number of an Isso comment")
    digits = "".join(_DIGITS[number >> 5 * n & 31] for n in reversed(range(_NUMBER_LETTERS)))
    start = _PREFIX + digits
    return start + id_of(_digest(f"isso comment {number}"))[len(start) :]


def isso_number(id: str, received: datetime) -> int:
    """Return the number of a comment: its old one in Isso, or one made of its time and its id."""
    digits = id.removeprefix(_PREFIX)[:_NUMBER_LETTERS]
    if id.startswith(_PREFIX) and all(digit in _DIGITS for digit in digits):
        number = sum(_DIGITS.index(digit) << 5 * n for n, digit in enumerate(reversed(digits)))
        if 0 < number < FIRST_OWN_NUMBER and id_of_isso_comment(number) == id:
            return number
    time = min(max(0, milliseconds(received)), _LAST_TIME)
    return FIRST_OWN_NUMBER + (time << _DIGEST_BITS) + int.from_bytes(_digest(id)[:2], "big") % (1 << _DIGEST_BITS)


def time_of_isso_number(number: int) -> int:
    """Return the milliseconds in the number of a comment that was not imported from Isso."""
    return number - FIRST_OWN_NUMBER >> _DIGEST_BITS


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=ID_LETTERS).digest()


def thread_of_isso_uri(uri: str, site: Site) -> str:
    """Return the thread that Isso names `uri`: usually the path of a page, on the first of the site's addresses."""
    on_site = uri.startswith("/") and not uri.startswith("//") and site.origins
    return thread_key(f"{site.origins[0]}{uri}" if on_site else uri, site)
