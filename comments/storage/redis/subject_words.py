"""Rules and saved views of the team about one person. Views go, and addresses in reasons are removed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import compress
from operator import not_

from comments.audit import AuditAction, AuditEntry
from comments.author_rules import SHARED_RULES, AuthorRule, RuleTarget
from comments.data_subjects import Subject
from comments.person import Person
from comments.personal_texts import ERASED_WORDS, Mention, PersonalTexts, TeamTexts, is_view_about
from comments.saved_views import SavedView
from comments.storage.codec import dump, load
from comments.storage.keys import Keys

from .author_rules import RedisAuthorRules
from .client import Client, text
from .scripts import Script
from .shared_views import RedisSharedViews
from .sites_and_people import RedisPeople

#: Members that one step of a scan looks at.
_MEMBERS = 500
#: Stands for the text of a rule for all sites.
SHARED_RULE_TEXT = "the operator can read it"


class SubjectWords:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._rules = RedisAuthorRules(client, keys)
        self._people = RedisPeople(client, keys)
        self._shared_views = RedisSharedViews(client, keys)
        self._compare_and_set = Script(client, "accounts/compare_and_set")

    def remove(self, site: str, by: str, subject: Subject, texts: PersonalTexts) -> dict[str, int]:
        names = subject.names
        return {
            "reasons_of_rules": sum(self._clear_reasons(owner, names, texts) for owner in (site, SHARED_RULES)),
            "rules_with_address": self._delete_rules(site, by, texts),
            "saved_views": self._remove_shared_views(site, by, names, texts)
            + self._remove_own_views(site, names, texts),
        }

    def kept_rules(self, site: str, names: Sequence[str]) -> tuple[str, ...]:
        """Return the names of the rules about the author that go on working, those of all sites included."""
        own = sorted(rule.name for rule in self._rules.all(site) if _is_about(rule, names))
        shared = sorted(rule.name for rule in self._rules.all(SHARED_RULES) if _is_about(rule, names))
        return (*own, *(f"{name} for all sites" for name in shared))

    def found(self, site: str, subject: Subject, texts: PersonalTexts) -> TeamTexts:
        """Return the views that `remove` would remove, and the texts with the name that stay."""
        views = [*self._views(site)]
        gone = tuple(view for _, view in views if is_view_about(view, subject.names, texts))
        mentions = [
            Mention("views", id, view.name)
            for id, view in views
            if view not in gone and texts.is_mentioned_in(f"{view.name} {view.query}")
        ]
        for owner in (site, SHARED_RULES):
            for rule in self._rules.all(owner):
                if not _is_about(rule, subject.names) and _mentions(rule, texts):
                    words = " ".join(part for part in (_value(rule), rule.note) if part)
                    id = f"{rule.target} added {rule.at.isoformat()}"
                    # Owners of a site may not read the rules for all sites.
                    shown = (f"{id} for all sites", SHARED_RULE_TEXT) if owner == SHARED_RULES else (id, words)
                    mentions.append(Mention("rules", *shown))
        return TeamTexts(gone, tuple(mentions))

    def _clear_reasons(self, owner: str, names: Sequence[str], texts: PersonalTexts) -> int:
        """Delete the reasons of rules about the author, and addresses in the reasons of others."""

        def cleared(rule: AuthorRule) -> AuthorRule:
            return replace(rule, note="" if _is_about(rule, names) else texts.without_addresses(rule.note))

        keys = (self._keys.rules(owner), self._keys.terms(owner))
        fields = ((key, text(field)) for key in keys for field, _ in self._client.hscan_iter(key, count=_MEMBERS))
        n = sum(self._rewrite_rule(key, field, cleared) for key, field in fields)
        if n:
            self._client.incr(self._keys.rules_version(owner))
        return n

    def _rewrite_rule(self, key: str, field: str, change: Callable[[AuthorRule], AuthorRule]) -> bool:
        """Return False if the rule needs no change. A change by others in between is kept."""
        while (record := self._client.hget(key, field)) is not None:
            before = load(AuthorRule, record)
            after = change(before)
            if after == before:
                return False
            if self._compare_and_set([key], {"name": field}, record, dump(after)):
                return True
        return False

    def _delete_rules(self, site: str, by: str, texts: PersonalTexts) -> int:
        """Delete the site's rules that look for an address of the person in texts."""
        gone = [rule.name for rule in self._rules.all(site) if texts.has_address(_value(rule))]
        entry = AuditEntry(by, AuditAction.RULE_DELETE, ERASED_WORDS, site=site)
        return self._rules.delete_many(site, gone, entry) if gone else 0

    def _views(self, site: str) -> Iterator[tuple[str, SavedView]]:
        """Yield the views of the team and of each moderator, with the owner and the number in the list."""
        for n, view in enumerate(self._shared_views.all(site), 1):
            yield f"shared {n}", view
        for person in self._people.all():
            own = (view for view in person.views if _is_of_site(view, person, site))
            yield from ((f"of {person.name} {n}", view) for n, view in enumerate(own, 1))

    def _remove_shared_views(self, site: str, by: str, names: Sequence[str], texts: PersonalTexts) -> int:
        """Remove views of the team about the author. Those that somebody shares in between are kept."""
        entry = AuditEntry(by, AuditAction.VIEW_DELETE, ERASED_WORDS, site=site)
        while True:
            views = self._shared_views.all(site)
            left = tuple(view for view in views if not is_view_about(view, names, texts))
            if left == views or self._shared_views.replace(site, views, left, entry):
                return len(views) - len(left)

    def _remove_own_views(self, site: str, names: Sequence[str], texts: PersonalTexts) -> int:
        """Remove views about the author that moderators of the site have for themselves."""
        n = 0
        for person in self._people.all():
            is_gone = [_is_of_site(v, person, site) and is_view_about(v, names, texts) for v in person.views]
            after = replace(person, views=tuple(compress(person.views, map(not_, is_gone))))
            if after == person:
                continue
            if not self._people.compare_and_set(person, after):  # changed in between
                return n + self._remove_own_views(site, names, texts)
            n += sum(is_gone)
        return n


def _is_of_site(view: SavedView, person: Person, site: str) -> bool:
    """True for a view of the site, and for one of all sites if its owner works on this one."""
    return view.site == site or (not view.site and (person.operator or site in person.roles))


def _is_about(rule: AuthorRule, names: Sequence[str]) -> bool:
    return rule.target is RuleTarget.AUTHOR and rule.value.partition("@")[0] in names


def _value(rule: AuthorRule) -> str:
    """Return the words that a rule looks for; "" for keyed names and other values that are no words."""
    is_text = rule.target in (RuleTarget.TERM, RuleTarget.EXPRESSION)
    return rule.value.replace("\\", "") if is_text else ""


def _mentions(rule: AuthorRule, texts: PersonalTexts) -> bool:
    return texts.is_mentioned_in(_value(rule)) or texts.is_mentioned_in(rule.note)
