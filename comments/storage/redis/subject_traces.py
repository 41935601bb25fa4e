"""Data of a person under keyed names, apart from the records of comments, and its removal."""

from collections.abc import Iterator, Sequence

from comments.data_subjects import Subject
from comments.person import Person
from comments.personal_texts import PersonalTexts
from comments.storage.codec import load
from comments.storage.keys import Keys
from comments.storage.people_records import AUTHOR_STATUSES

from .client import Client, keys_from, text

#: Members that one step of a scan of a large key looks at.
MEMBERS_PER_SCAN = 500


class SubjectTraces:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys

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

    def remove_author(self, site: str, subject: Subject, texts: PersonalTexts) -> dict[str, int]:
        names = subject.names
        return {
            "author_records": self._remove_records(site, names),
            "subscriptions": self._remove_subscriptions(site, names),
            "lists_of_users": self._unlink(self._keys.user_comments(site, user) for user in subject.users),
            "staff_names": self._remove_staff_names(site, texts),
        }

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

    def _remove_staff_names(self, site: str, texts: PersonalTexts) -> int:
        """Remove names of the person's comments with the staff badge that no member of the team has."""
        team = {load(Person, stored).display_name.casefold() for stored in self._client.hvals(self._keys.people())}
        names = self._client.smembers(self._keys.staff_names(site))
        gone = [name for name in names if text(name).casefold() in texts.badges - team]
        return int(self._client.srem(self._keys.staff_names(site), *gone)) if gone else 0
