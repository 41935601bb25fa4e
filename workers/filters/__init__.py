"""The filters that come with the project, in the order in which their signals are listed."""

from .author import Author
from .base import Facts, Filter, Mark, Weight, Window
from .bayes import Bayes
from .links import Links
from .profanity import Profanity
from .trap import Trap

__all__ = ["BUILT_IN", "Facts", "Filter", "Mark", "Weight", "Window"]

BUILT_IN: tuple[Filter, ...] = (
    Author(),
    Trap(),
    Links(),
    Profanity(),
    Bayes(),
)
