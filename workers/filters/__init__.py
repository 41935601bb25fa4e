"""The filters that come with the project, in the order in which their signals are listed."""

from .author import Author
from .author_rules import AuthorRuleFilter
from .base import Facts, Filter, Mark, Weight, Window
from .duplicates import Duplicates
from .form import Form
from .learned import Learned
from .links import Links
from .near_duplicates import NearDuplicates
from .profanity import Profanity
from .reputation import Reputation
from .requirements import Requirements
from .shouting import Shouting
from .toxicity import Toxicity
from .trap import Trap
from .velocity import Velocity
from .words import Words

__all__ = ["BUILT_IN", "Facts", "Filter", "Mark", "Weight", "Window"]

BUILT_IN: tuple[Filter, ...] = (
    Requirements(),
    AuthorRuleFilter(),
    Author(),
    Words(),
    Trap(),
    Form(),
    Links(),
    Reputation(),
    Duplicates(),
    NearDuplicates(),
    Velocity(),
    Profanity(),
    Toxicity(),
    Shouting(),
    Learned(),
)
