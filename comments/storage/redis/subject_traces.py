"""Everything that is stored about a person apart from the records of comments, and its removal."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from comments.author_rules import AuthorRule, RuleTarget
from comments.data_subjects import PersonalTexts, Subject
from comments.model import Comment
from comments.person import Person
from comments.saved_views import SavedView
from comments.storage.codec import dump, load, unpack
from comments.storage.keys import Keys
from comments.storage.notes_and_bulks import BulkAction
from comments.storage.people_records import AUTHOR_STATUSES

from .checks import RedisChecks
from .client import Client, keys_from, text

#: Members that one step of a scan of a large key looks at.
MEMBERS_PER_SCAN = 500


class SubjectTraces:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._checks = RedisChecks(client, keys)

    def remove_comments(self, site: str, ids: Sequence[str]) -> dict[str, int]:
        """Remove notes and reports of comments, and the ids of comments from lists about email."""
        if not ids:
            return {}
        k, pipe = self._keys, self._client.pipeline()
        for id in ids:
            pipe.unlink(k.notes(site, id))
        for id in ids:
            pipe.unlink(k.reports(site, id))
        for command, key in ((pipe.zrem, k.reported(site)), (pipe.srem, k.muted(site)), (pipe.srem, k.notified(site))):
            command(key, *ids)
        answers = pipe.execute()
        n = len(ids)
        return {"notes_of_comments": sum(answers[:n]), "reports_of_comments": sum(answers[n : 2 * n])}

    def remove_author(
        self, site: str, subject: Subject, texts: PersonalTexts
    ) -> tuple[dict[str, int], tuple[str, ...]]:
        names = subject.names
        rules = self._clear_rules(site, names)
        counts = {
            "author_records": self._remove_records(site, names),
            "subscriptions": self._remove_subscriptions(site, names),
            "lists_of_users": self._unlink(self._keys.user_comments(site, user) for user in subject.users),
            "bulk_actions": self._clear_bulks(site, names, texts),
            "checks": self._remove_checks(site, names),
            "saved_views": self._remove_views(site, names, texts),
            "staff_names": self._remove_staff_names(site, texts),
        }
        return counts, rules

    def _unlink(self, keys: Iterator[str]) -> int:
        return sum(self._client.unlink(key) for key in keys)

    def _remove_records(self, site: str, names: Sequence[str]) -> int:
        """Remove the author's records: under the name alone, and with "@" or "!" and more."""
        n = 0
        for status in AUTHOR_STATUSES:
            key = self._keys.authors(site, status)
            for name in names:
                found = self._client.hscan_iter(key, keys_from(name), MEMBERS_PER_SCAN)
                fields = [field for field, _ in found if text(field)[len(name) :][:1] in ("", "@", "!")]
                n += self._client.hdel(key, *fields) if fields else 0
        return n

    def _remove_subscriptions(self, site: str, names: Sequence[str]) -> int:
        k, n = self._keys, 0
        for name in names:
            n += self._client.hdel(k.subscribers(site), name)
            n += self._client.unlink(k.confirmation_request(site, name))
            proved = [*self._client.sscan_iter(k.proved(site), keys_from(f"{name}@"), MEMBERS_PER_SCAN)]
            n += self._client.srem(k.proved(site), *proved) if proved else 0
        return n

    def _clear_rules(self, site: str, names: Sequence[str]) -> tuple[str, ...]:
        """Delete the words in rules about the author, and return the names of the rules."""
        kept = []
        for field, record in self._client.hscan_iter(self._keys.rules(site), "author:*", MEMBERS_PER_SCAN):
            rule = load(AuthorRule, record)
            if rule.target is RuleTarget.AUTHOR and rule.value.partition("@")[0] in names:
                kept.append(text(field))
                self._client.hset(self._keys.rules(site), field, dump(replace(rule, note="")))
        return tuple(sorted(kept))

    def _clear_bulks(self, site: str, names: Sequence[str], texts: PersonalTexts) -> int:
        """Delete the description of bulk actions about the author. They still run and can be undone."""
        n = 0
        for key in self._client.scan_iter(keys_from(self._keys.bulk(site, "")), 1000, "hash"):
            record = self._client.hget(key, "bulk")
            bulk = load(BulkAction, record) if record else None
            if bulk and (bulk.identity in names or texts.is_mentioned_in(bulk.about)):
                after = replace(bulk, about="comments of a person whose data was erased", identity="")
                self._client.hset(key, "bulk", dump(after))
                n += 1
        return n

    def _remove_checks(self, site: str, names: Sequence[str]) -> int:
        """Remove checks with a comment of the author."""
        prefix, n = self._keys.check(site, ""), 0
        for key in self._client.scan_iter(keys_from(prefix), 1000):
            id = text(key).removeprefix(prefix)
            answer = self._checks.answer(site, id)
            if answer and any(_is_named(comment, names) for comment in answer.request.comments):
                self._checks.forget(site, id)
                n += 1
        return n

    def _remove_views(self, site: str, names: Sequence[str], texts: PersonalTexts) -> int:
        """Remove saved views that search for the author: those of the team, and those of each moderator."""

        def kept(view: SavedView) -> bool:
            words = f"{view.name} {view.query}"
            is_about = any(name in words for name in names) or texts.is_mentioned_in(words)
            return view.site not in (site, "") or not is_about

        n, k = 0, self._keys
        record = self._client.get(k.shared_views(site))
        if record:
            views = [unpack(SavedView, each) for each in json.loads(record)]
            left = [view for view in views if kept(view)]
            n += len(views) - len(left)
            if left != views:
                self._client.set(k.shared_views(site), dump(left))
        for name, stored in self._client.hscan_iter(k.people(), count=MEMBERS_PER_SCAN):
            person = load(Person, stored)
            own = tuple(view for view in person.views if kept(view))
            if own != person.views:
                n += len(person.views) - len(own)
                self._client.hset(k.people(), name, dump(replace(person, views=own)))
        return n

    def _remove_staff_names(self, site: str, texts: PersonalTexts) -> int:
        """Remove names with the staff badge that no member of the team has."""
        team = {load(Person, stored).display_name.casefold() for stored in self._client.hvals(self._keys.people())}
        names = self._client.smembers(self._keys.staff_names(site))
        gone = [name for name in names if text(name).casefold() in texts.names - team]
        return int(self._client.srem(self._keys.staff_names(site), *gone)) if gone else 0


def _is_named(comment: Comment, names: Sequence[str]) -> bool:
    return any(name in names for name in (comment.identity, comment.user) if name)
