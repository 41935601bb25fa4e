"""Facts about a comment, for asking one filter."""

from typing import Any

from comments.model import Comment, Signal
from tests.support.builders import NOW, a_comment, a_site
from workers.filters import Facts, Filter
from workers.judging.policy import Policy, build_policy


def facts(**known: Any) -> Facts:
    """Facts about a comment on `a_site`, with the site's own choices among `known` passed on to it."""
    of_facts = {name: known.pop(name) for name in list(known) if name in Facts.__dataclass_fields__}
    return Facts(**{"site": a_site(**known), "now": NOW} | of_facts)


def seen(asked: Filter, comment: Comment | None = None, **known: Any) -> dict[str, Signal]:
    """The filter's signals by name; a filter must not give two of one name."""
    signals = list(asked(comment or a_comment(), facts(**known)))
    by_name = {s.name: s for s in signals}
    assert len(by_name) == len(signals)
    assert by_name.keys() <= asked.signals.keys()
    return by_name


def strengths(asked: Filter, comment: Comment | None = None, **known: Any) -> dict[str, float]:
    return {name: signal.strength for name, signal in seen(asked, comment, **known).items()}


def policy(*filters: Filter) -> Policy:
    return build_policy(filters, {})
