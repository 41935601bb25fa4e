"""Undo codes of single characters: percent-encoding of addresses, and the escapes of programming languages."""

import re
from urllib.parse import unquote

from .encodings import words_known

#: Signs of which one is in every text with codes.
CODE_MARKS = ("%", "\\", "0x")
#: A letter or digit of ASCII as a code. Addresses encode other characters, so that honest texts have few of these.
_LETTER = re.compile(r"(?:%|\\x|\\u00|\b0x)(?:[46][1-9a-f]|[57][0-9a]|3\d)(?![0-9a-f]{3})", re.IGNORECASE)
_CODE = re.compile(r"(?:%|\\x|\\u00|\b0x)([2-7][0-9a-f])(?:(?<=0x..)[ ,](?=0x|$))?", re.IGNORECASE)
#: Letters and digits as codes from which a text is decoded, if half of it is then words.
_LEAST_LETTERS = 6
#: At least four words with codes of spaces and punctuation between them, outside of an address.
_GLUED = re.compile(r"(?<!\S)[^\s%/=?&:.<>\"]+(?:(?:%2[0-9a-f])+[^\s%/=?&:<>\"]+){3,}", re.IGNORECASE)


def without_codes(text: str) -> tuple[str, bool]:
    """Decode a text whose letters or spaces are codes. Addresses, file names and single escapes stay as they are."""
    if len(_LETTER.findall(text)) >= _LEAST_LETTERS:
        plain = _CODE.sub(lambda code: chr(int(code[1], 16)), text)
        decoded = set(plain.split()).difference(text.split())
        if 2 * words_known(" ".join(decoded)) >= len(decoded):
            return plain, True
    plain = _GLUED.sub(lambda words: unquote(words[0]), text)
    return plain, plain != text
