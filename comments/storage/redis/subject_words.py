"""Texts of the team about one person: rules, saved views, bulk actions and notes. Addresses in them are removed."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from redis import WatchError

from comments.audit import AuditAction, AuditEntry
from comments.author_rules import SHARED_RULES, AuthorRule, RuleTarget
from comments.data_subjects import Subject
from comments.person import Person
from comments.personal_texts import ERASED_WORDS, Mention, PersonalTexts, TeamTexts, is_view_about
from comments.saved_views import SavedView
from comments.storage.codec import dump, load, unpack
from comments.storage.keys import Keys
from comments.storage.notes_and_bulks import BulkAction, Note

from .author_rules import RedisAuthorRules
from .client import Client, keys_from, text

#: Members that one step of a scan looks at, and keys.
_MEMBERS, _KEYS = 500, 1000
#: Stands for the description of a bulk action about the person.
ERASED_BULK = "comments of a person whose data was erased"

#: Stands for the text of a rule for all sites.
SHARED_RULE_TEXT = "the operator can read it"


class SubjectWords:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._rules = RedisAuthorRules(client, keys)

    def remove(self, site: str, by: str, subject: Subject, texts: PersonalTexts) -> dict[str, int]:
        names = subject.names
        return {
            "reasons_of_rules": sum(self._clear_reasons(owner, names, texts) for owner in (site, SHARED_RULES)),
            "rules_with_address": self._delete_rules(site, by, texts),
            "bulk_actions": self._clear_bulks(site, names, texts),
            "saved_views": self._remove_views(site, names, texts),
            "addresses_in_notes": self._clear_notes(site, texts),
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
        for _, bulk in self._bulks(site):
            if bulk.identity not in subject.names and texts.is_mentioned_in(f"{bulk.about} {bulk.reason}"):
                mentions.append(Mention("bulk_actions", bulk.id, bulk.about))
        for id, notes in self._notes(site):
            mentions += [Mention("notes", id, note.text) for note in notes if texts.is_mentioned_in(note.text)]
        return TeamTexts(gone, tuple(mentions))

    def _clear_reasons(self, owner: str, names: Sequence[str], texts: PersonalTexts) -> int:
        """Delete the reasons of rules about the author, and addresses in the reasons of others."""
        n = 0
        for key in (self._keys.rules(owner), self._keys.terms(owner)):
            for field, record in self._client.hscan_iter(key, count=_MEMBERS):
                rule = load(AuthorRule, record)
                note = "" if _is_about(rule, names) else texts.without_addresses(rule.note)
                if note != rule.note:
                    self._client.hset(key, text(field), dump(replace(rule, note=note)))
                    n += 1
        if n:
            self._client.incr(self._keys.rules_version(owner))
        return n

    def _delete_rules(self, site: str, by: str, texts: PersonalTexts) -> int:
        """Delete the site's rules that look for an address of the person in texts."""
        gone = [rule.name for rule in self._rules.all(site) if texts.has_address(_value(rule))]
        entry = AuditEntry(by, AuditAction.RULE_DELETE, ERASED_WORDS, site=site)
        return self._rules.delete_many(site, gone, entry) if gone else 0

    def _bulks(self, site: str) -> Iterator[tuple[str, BulkAction]]:
        for key in self._client.scan_iter(keys_from(self._keys.bulk(site, "")), _KEYS, "hash"):
            record = self._client.hget(key, "bulk")
            if record:
                yield text(key), load(BulkAction, record)

    def _clear_bulks(self, site: str, names: Sequence[str], texts: PersonalTexts) -> int:
        """Delete the description of bulk actions about the author. They still run and can be undone."""
        n = 0
        for key, bulk in self._bulks(site):
            is_about = bulk.identity in names
            about = ERASED_BULK if is_about else texts.without_addresses(bulk.about)
            reason = texts.without_addresses(bulk.reason)
            after = replace(bulk, about=about, reason=reason, identity="" if is_about else bulk.identity)
            if after != bulk:
                self._client.hset(key, "bulk", dump(after))
                n += 1
        return n

    def _views(self, site: str) -> Iterator[tuple[str, SavedView]]:
        """Yield the views of the team and of each moderator, with the owner and the number in the list."""
        record = self._client.get(self._keys.shared_views(site))
        for n, view in enumerate(json.loads(record) if record else (), 1):
            yield f"shared {n}", unpack(SavedView, view)
        for _, stored in self._client.hscan_iter(self._keys.people(), count=_MEMBERS):
            person = load(Person, stored)
            own = (view for view in person.views if _is_of_site(view, person, site))
            yield from ((f"of {person.name} {n}", view) for n, view in enumerate(own, 1))

    def _remove_views(self, site: str, names: Sequence[str], texts: PersonalTexts) -> int:
        """Remove saved views about the author: those of the team, and those of each moderator."""

        n, k = 0, self._keys
        record = self._client.get(k.shared_views(site))
        if record:
            views = [unpack(SavedView, each) for each in json.loads(record)]
            left = [view for view in views if not is_view_about(view, names, texts)]
            n += len(views) - len(left)
            if left != views:
                self._client.set(k.shared_views(site), dump(left))
        for name, stored in self._client.hscan_iter(k.people(), count=_MEMBERS):
            person = load(Person, stored)
            own = tuple(
                view
                for view in person.views
                if not (_is_of_site(view, person, site) and is_view_about(view, names, texts))
            )
            if own != person.views:
                n += len(person.views) - len(own)
                self._client.hset(k.people(), name, dump(replace(person, views=own)))
        return n

    def _notes(self, site: str) -> Iterator[tuple[str, list[Note]]]:
        prefix = self._keys.notes(site, "")
        for key in self._client.scan_iter(keys_from(prefix), _KEYS, "list"):
            records = self._client.lrange(text(key), 0, -1)
            yield text(key).removeprefix(prefix), [load(Note, record) for record in records]

    def _clear_notes(self, site: str, texts: PersonalTexts) -> int:
        """Replace addresses in notes on comments of others."""
        found = [id for id, notes in self._notes(site) if any(texts.has_address(note.text) for note in notes)]
        for id in found:
            while not self._rewrite_notes(self._keys.notes(site, id), texts):
                continue
        return len(found)

    def _rewrite_notes(self, key: str, texts: PersonalTexts) -> bool:
        """Return False if somebody added a note in between."""
        with self._client.pipeline() as pipe:
            pipe.watch(key)
            notes = [load(Note, record) for record in pipe.lrange(key, 0, -1)]
            pipe.multi()
            for n, note in enumerate(notes):
                pipe.lset(key, n, dump(replace(note, text=texts.without_addresses(note.text))))
            try:
                pipe.execute()
            except WatchError:
                return False
        return True


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
