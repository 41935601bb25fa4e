"""A pass over the keys of a site that no list names: checks, notes and bulk actions. Each step reads some keys."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from redis import WatchError

from comments.data_subjects import Subject
from comments.personal_texts import Mention, PersonalTexts
from comments.storage.codec import dump, load
from comments.storage.keys import Keys
from comments.storage.notes_and_bulks import BulkAction, Note

from .checks import RedisChecks
from .client import Client, keys_from, text
from .scripts import Script

#: Keys that one SCAN looks at. It holds the server for less than a millisecond.
KEYS_PER_STEP = 1_000
#: Pattern for the first letters of "bulk", "check" and "notes". The server sends few other keys, and no comments.
_FIRST_LETTERS = "[bcn][uho][elt]*"
#: Records read at once.
_RECORDS_PER_READ = 100
#: Stands for the description of a bulk action about the person.
ERASED_BULK = "comments of a person whose data was erased"


@dataclass(frozen=True, slots=True)
class ScanStep:
    """The numbers of changed records, texts with the name that stay, and the cursor of the next step, "" at the end."""

    counts: dict[str, int]
    mentions: tuple[Mention, ...]
    cursor: str


class SubjectScan:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._checks = RedisChecks(client, keys)
        self._compare_and_set = Script(client, "accounts/compare_and_set")

    def step(self, site: str, subject: Subject, texts: PersonalTexts, cursor: str, erases: bool) -> ScanStep:
        """Look at some keys. Remove the person's data from them, or only look for texts with the name."""
        k = self._keys
        prefixes = {"checks": k.check(site, ""), "bulk_actions": k.bulk(site, ""), "notes": k.notes(site, "")}
        of_site = keys_from(k.check(site, "").removesuffix("check:")).removesuffix("*")
        following, found = self._client.scan(int(cursor or 0), of_site + _FIRST_LETTERS, KEYS_PER_STEP)
        names = [text(key) for key in found]
        ids = {
            kind: sorted(name.removeprefix(start) for name in names if name.startswith(start))
            for kind, start in prefixes.items()
        }
        counts = self._erase(site, subject, texts, ids) if erases else {}
        bulks = self._named_bulks(site, subject.names, texts, ids["bulk_actions"])
        mentions = (*bulks, *self._named_notes(site, texts, ids["notes"]))
        return ScanStep(counts, mentions, str(following) if following else "")

    def _erase(self, site: str, subject: Subject, texts: PersonalTexts, ids: dict[str, list[str]]) -> dict[str, int]:
        return {
            "checks": self._remove_checks(site, subject, ids["checks"]),
            "bulk_actions": self._clear_bulks(site, subject.names, texts, ids["bulk_actions"]),
            "addresses_in_notes": self._clear_notes(site, texts, ids["notes"]),
        }

    def _remove_checks(self, site: str, subject: Subject, ids: Sequence[str]) -> int:
        """Remove checks with a comment of the person."""
        n = 0
        for some in _parts(ids):
            for id, answer in zip(some, self._checks.answers(site, some), strict=True):
                if answer and any(map(subject.has, answer.request.comments)):
                    self._checks.forget(site, id)
                    n += 1
        return n

    def _bulks(self, site: str, ids: Sequence[str]) -> Iterator[tuple[bytes, BulkAction]]:
        for some in _parts([id for id in ids if ":" not in id]):  # keys of their comments have another colon
            pipe = self._client.pipeline(transaction=False)
            for id in some:
                pipe.hget(self._keys.bulk(site, id), "bulk")
            yield from ((record, load(BulkAction, record)) for record in pipe.execute() if record)

    def _clear_bulks(self, site: str, names: Sequence[str], texts: PersonalTexts, ids: Sequence[str]) -> int:
        """Delete the description of bulk actions about the author. They still run and can be undone."""
        n = 0
        for record, bulk in self._bulks(site, ids):
            is_about = bulk.identity in names
            about = ERASED_BULK if is_about else texts.without_addresses(bulk.about)
            reason = texts.without_addresses(bulk.reason)
            after = replace(bulk, about=about, reason=reason, identity="" if is_about else bulk.identity)
            if after != bulk:  # a bulk action is written once, so only its expiry can come first
                n += self._compare_and_set([self._keys.bulk(site, bulk.id)], {"name": "bulk"}, record, dump(after))
        return n

    def _named_bulks(
        self, site: str, names: Sequence[str], texts: PersonalTexts, ids: Sequence[str]
    ) -> Iterator[Mention]:
        for _, bulk in self._bulks(site, ids):
            if bulk.identity not in names and texts.is_mentioned_in(f"{bulk.about} {bulk.reason}"):
                yield Mention("bulk_actions", bulk.id, bulk.about)

    def _notes(self, site: str, ids: Sequence[str]) -> Iterator[tuple[str, list[Note]]]:
        for some in _parts(ids):
            pipe = self._client.pipeline(transaction=False)
            for id in some:
                pipe.lrange(self._keys.notes(site, id), 0, -1)
            for id, records in zip(some, pipe.execute(), strict=True):
                yield id, [load(Note, record) for record in records]

    def _named_notes(self, site: str, texts: PersonalTexts, ids: Sequence[str]) -> Iterator[Mention]:
        for id, notes in self._notes(site, ids):
            yield from (Mention("notes", id, note.text) for note in notes if texts.is_mentioned_in(note.text))

    def _clear_notes(self, site: str, texts: PersonalTexts, ids: Sequence[str]) -> int:
        """Replace addresses in notes on comments of others."""
        found = [id for id, notes in self._notes(site, ids) if any(texts.has_address(note.text) for note in notes)]
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


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    yield from (ids[n : n + _RECORDS_PER_READ] for n in range(0, len(ids), _RECORDS_PER_READ))
