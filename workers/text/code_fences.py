"""Remove Markdown's marks around code, and find prose between them, which is an advertisement in disguise."""

import re

from .languages import is_function_word

#: Marks around a block of code.
FENCE = "```"
_FENCES = re.compile(r"```[\w-]*\n|\n?```")
_FENCED = re.compile(r"```(?:[\w-]*\n)?(.*?)(?:```|\Z)", re.DOTALL)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
#: Signs that prose has few of.
_CODE_SIGNS = frozenset("(){}[]<>;=$\\|_#")
#: Share of a comment's letters between the marks, and signs of code for each word between them, as limits of prose.
#: People write text around code, and error messages have more signs.
LEAST_INSIDE, MOST_SIGNS = 0.6, 0.1
#: Words between the marks. Fewer may be a command.
FEWEST_WORDS = 4


def unfenced(text: str) -> tuple[str, bool]:
    """Return the text without the marks, and True if most of the comment is prose between them."""
    return _FENCES.sub("", text), _is_prose(_ADDRESS.sub(" ", " ".join(_FENCED.findall(text))), text)


def _is_prose(inside: str, text: str) -> bool:
    words = inside.split()
    if len(words) < FEWEST_WORDS or not any(is_function_word(word.strip(".,!?").lower()) for word in words):
        return False
    signs, letters = sum(map(_CODE_SIGNS.__contains__, inside)), sum(map(str.isalpha, _ADDRESS.sub(" ", text)))
    return signs <= MOST_SIGNS * len(words) and sum(map(str.isalpha, inside)) >= LEAST_INSIDE * letters
