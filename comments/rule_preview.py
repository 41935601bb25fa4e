"""Estimate which stored comments a rule would have matched, before it is saved."""

import re
from collections.abc import Iterator

from .author_rules import AuthorRule, RuleTarget
from .expressions import compile_expression, searchable
from .hosts import all_domains_covering, domains_covering, hosts_in
from .lifecycle import Status
from .model import Comment
from .rule_values import normal_domain
from .storage.interfaces import Storage

#: Latest comments that are compared.
COMPARED = 200
#: Statuses of comments that were judged.
COMPARED_STATUSES = (Status.HELD, Status.APPROVED, Status.SPAM, Status.REMOVED)


def recent_comments(storage: Storage, site: str) -> list[Comment]:
    """Return the comments that were received last, in any status, the newest first."""
    pages = [storage.comments.by_status(site, status, COMPARED, newest=True).rows for status in COMPARED_STATUSES]
    return sorted((c for rows in pages for c in rows), key=lambda c: c.received, reverse=True)[:COMPARED]


def would_match(rule: AuthorRule, comment: Comment) -> bool:
    """Compare a rule with a comment as it is written: disguised spellings, which the judge undoes, do not count."""
    match rule.target:
        case RuleTarget.AUTHOR:
            return rule.value in comment.author_keys
        case RuleTarget.ORIGIN:
            return rule.value in comment.networks
        case RuleTarget.RANGE:
            return rule.id in comment.ranges
        case RuleTarget.EMAIL_DOMAIN:
            return rule.value in domains_covering(normal_domain(comment.email.rpartition("@")[2]))
        case RuleTarget.DOMAIN:
            return rule.value in all_domains_covering(hosts_in(f"{comment.content} {comment.url}"))
        case _:
            return any(_has_text(rule, text) for text in _texts(rule, comment))


def _texts(rule: AuthorRule, comment: Comment) -> Iterator[str]:
    yield from [getattr(comment, field) for field in rule.fields]


def _has_text(rule: AuthorRule, text: str) -> bool:
    if rule.target is RuleTarget.EXPRESSION:
        return bool(text) and compile_expression(rule.value[1:-1]).search(searchable(text)) is not None
    term = re.escape(rule.value)
    before = "" if rule.inside or not rule.value[:1].isalnum() else r"(?<![^\W_])"
    after = "" if rule.inside or not rule.value[-1:].isalnum() else r"(?![^\W_])"
    return re.search(before + term + after, text, re.IGNORECASE) is not None
