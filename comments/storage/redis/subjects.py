"""The data of one person on Redis: the search for comments, and the state of erasures."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import count

import redis

from comments.data_subjects import Subject
from comments.erasures import Erasure
from comments.errors import NotFound
from comments.model import Comment
from comments.personal_texts import Mention, PersonalTexts, TeamTexts
from comments.storage.codec import dump, load, load_comment
from comments.storage.keys import Keys

from .audit_copy import AuditCopy
from .client import Client, guarded, keys_from, text
from .cluster_commands import host_and_port_of
from .leases import take_lease
from .scripts import Script
from .subject_scan import KEYS_PER_STEP, SubjectScan
from .subject_traces import SubjectTraces
from .subject_words import SubjectWords
from .unchanged_records import unchanged_bytes

#: Records read at once. It holds the server for less than a millisecond.
RECORDS_PER_READ = 200
#: Kinds of words of a person that are stored while the erasure goes on: the fields of `PersonalTexts`.
WORD_KINDS = ("emails", "names", "badges")


@guarded
class RedisSubjects:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client, self._keys = client, keys
        self._traces = SubjectTraces(client, keys)
        self._words = SubjectWords(client, keys)
        self._scan = SubjectScan(client, keys)
        self._audit = AuditCopy(client, keys)
        self._compare_and_set = Script(client, "accounts/compare_and_set")

    def find_some(self, site: str, subject: Subject, cursor: str) -> tuple[list[Comment], str]:
        prefix = self._keys.comment(site, "")
        following, keys = self._client.scan(int(cursor or 0), keys_from(prefix), KEYS_PER_STEP)
        needles = [json.dumps(name).encode() for name in subject.names]
        found = []
        for start in range(0, len(keys), RECORDS_PER_READ):
            some = keys[start : start + RECORDS_PER_READ]
            for key, record in zip(some, self._client.mget(some), strict=True):
                id = text(key).removeprefix(prefix)
                if record and (any(needle in record for needle in needles) or id.startswith(subject.ids or ("\0",))):
                    found.append(load_comment(site, id, record))
        return [comment for comment in found if subject.has(comment)], str(following) if following else ""

    def erasures(self, site: str) -> list[Erasure]:
        found = [load(Erasure, record) for record in self._client.hvals(self._keys.erasures(site))]
        return sorted(found, key=lambda erasure: (erasure.asked, erasure.id), reverse=True)

    def get(self, site: str, id: str) -> Erasure:
        record = self._client.hget(self._keys.erasures(site), id)
        if record is None:
            raise NotFound("there is no such erasure")
        return load(Erasure, record)

    def save(self, before: Erasure | None, after: Erasure) -> bool:
        key = self._keys.erasures(after.site)
        stored = unchanged_bytes(self._client.hget(key, after.id), before, partial(load, Erasure))
        return stored is not None and bool(self._compare_and_set([key], {"name": after.id}, stored, dump(after)))

    def has_open(self, site: str) -> bool:
        return any(b'"stage":"done"' not in record for record in self._client.hvals(self._keys.erasures(site)))

    def remember(self, erasure: Erasure, ids: Sequence[str], texts: PersonalTexts) -> None:
        k, pipe = self._keys, self._client.pipeline()
        if ids:
            pipe.sadd(k.erasure_comments(erasure.site, erasure.id), *ids)
        for kind in WORD_KINDS:
            if words := getattr(texts, kind):
                pipe.sadd(k.erasure_words(erasure.site, erasure.id, kind), *words)
        pipe.execute()

    def found(self, erasure: Erasure, n: int) -> list[str]:
        key = self._keys.erasure_comments(erasure.site, erasure.id)
        ids = self._client.srandmember(key, n) if n else self._client.smembers(key)
        return sorted(text(id) for id in ids)

    def texts(self, erasure: Erasure) -> PersonalTexts:
        keys = [self._keys.erasure_words(erasure.site, erasure.id, kind) for kind in WORD_KINDS]
        return PersonalTexts(*(frozenset(text(word) for word in self._client.smembers(key)) for key in keys))

    def erased(self, erasure: Erasure, ids: Sequence[str]) -> dict[str, int]:
        counts = self._traces.remove_comments(erasure.site, ids)
        if ids:
            self._client.srem(self._keys.erasure_comments(erasure.site, erasure.id), *ids)
        return counts

    def remove_author(self, erasure: Erasure) -> Erasure:
        site, subject, texts = erasure.site, erasure.subject, self.texts(erasure)
        counts = self._traces.remove_author(site, subject, texts)
        counts |= self._words.remove(site, erasure.by, subject, texts)
        mentions = self._words.found(site, subject, texts).mentions
        for kind in dict.fromkeys(mention.kind for mention in mentions):
            erasure = erasure.mentioning(kind, [mention.id for mention in mentions if mention.kind == kind])
        return replace(erasure.counted(**counts), kept_rules=self._words.kept_rules(site, subject.names))

    def scan_keys(self, erasure: Erasure) -> tuple[Erasure, bool]:
        site, cursor = erasure.site, erasure.cursor
        step = self._scan.step(site, erasure.subject, self.texts(erasure), cursor, erases=True)
        for kind in ("bulk_actions", "notes"):
            ids = [mention.id for mention in step.mentions if mention.kind == kind]
            erasure = erasure.mentioning(kind, ids, adds=bool(cursor))
        return replace(erasure.counted(**step.counts), cursor=step.cursor), not step.cursor

    def team_texts(self, site: str, subject: Subject, texts: PersonalTexts, most_steps: int = 0) -> TeamTexts:
        found, cursor, mentions = self._words.found(site, subject, texts), "", list[Mention]()
        for n in count(1):
            step = self._scan.step(site, subject, texts, cursor, erases=False)
            mentions += step.mentions
            cursor = step.cursor
            if not cursor or n == most_steps:
                return TeamTexts(found.views, (*found.mentions, *mentions), is_complete=not cursor)
        raise AssertionError("unreachable")

    def rewrite_audit(self, erasure: Erasure) -> tuple[Erasure, bool]:
        step = self._audit.step(erasure.site, erasure.subject.names, self.texts(erasure), erasure.cursor)
        is_first = erasure.cursor in ("", "copy -")  # the copy begins anew after a look
        after = erasure.mentioning("audit_entries", step.mentions, adds=not is_first)
        return replace(after.counted(audit_entries=step.replaced), cursor=step.cursor), not step.cursor

    def forget_words(self, erasure: Erasure) -> None:
        k, site = self._keys, erasure.site
        words = [k.erasure_words(site, erasure.id, kind) for kind in WORD_KINDS]
        self._client.unlink(k.erasure_comments(site, erasure.id), *words)

    def lease(self, site: str, seconds: float) -> bool:
        return take_lease(self._client, self._keys.erasure_lease(site), "", round(seconds * 1000))

    def release(self, site: str) -> None:
        self._client.unlink(self._keys.erasure_lease(site))

    def rewrite_disk(self) -> str:
        servers = self._client.servers()
        done = [words for server in servers for words in _written_anew(server, is_alone=len(servers) == 1)]
        return " and ".join(dict.fromkeys(done)) or "the server stores nothing on disk"

    def is_disk_rewritten(self) -> bool:
        infos = [server.info("persistence") for server in self._client.servers()]
        names = ("aof_rewrite_in_progress", "aof_rewrite_scheduled", "rdb_bgsave_in_progress")
        return not any(int(info.get(name, 0)) for info in infos for name in names)


def _written_anew(server: Client, is_alone: bool) -> Iterator[str]:
    """Let one server write its files anew. A server that refuses does not keep the others from it."""
    try:
        if server.info("persistence").get("aof_enabled"):
            server.bgrewriteaof()
            yield "the append-only file was written anew"
        if server.config_get("save").get("save"):
            server.bgsave(schedule=True)
            yield "a new snapshot was written"
    except redis.ResponseError as error:
        name = "the server" if is_alone else "the server {}:{}".format(*host_and_port_of(server))
        yield f"{name} did not write its files anew ({error}): ask its provider to, or wait for its next rewrite"
