"""The built-in filters, in the order in which their signals are listed."""

from comments.signals import Override, SignalInfo, Weight

from .author import AuthorFilter
from .author_rules import AuthorRuleFilter
from .base import Facts, Filter, ScorerAnswer, Window
from .duplicates import DuplicateFilter
from .form import FormFilter
from .gibberish import GibberishFilter
from .impersonation import ImpersonationFilter
from .learned import LearnedFilter
from .links import LinkFilter
from .near_duplicates import NearDuplicateFilter
from .profanity import ProfanityFilter
from .reputation import ReputationFilter
from .requirements import RequirementFilter
from .scorer import ScorerFilter
from .shouting import ShoutingFilter
from .solicitation import SolicitationFilter
from .spam_copies import SpamCopyFilter
from .toxicity import ToxicityFilter
from .trap import TrapFilter
from .velocity import VelocityFilter
from .website import WebsiteFilter
from .words import WordFilter

__all__ = ["BUILT_IN", "Facts", "Filter", "Override", "ScorerAnswer", "SignalInfo", "Weight", "Window"]

BUILT_IN: tuple[Filter, ...] = (
    RequirementFilter(),
    AuthorRuleFilter(),
    AuthorFilter(),
    ImpersonationFilter(),
    WordFilter(),
    TrapFilter(),
    FormFilter(),
    LinkFilter(),
    WebsiteFilter(),
    SolicitationFilter(),
    ReputationFilter(),
    SpamCopyFilter(),
    DuplicateFilter(),
    NearDuplicateFilter(),
    VelocityFilter(),
    ProfanityFilter(),
    ToxicityFilter(),
    ShoutingFilter(),
    GibberishFilter(),
    LearnedFilter(),
    ScorerFilter(),
)
