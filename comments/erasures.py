"""The erasure of one person's data on one site: its steps, its state, and the signed receipt at its end."""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, Self

from .data_subjects import Subject
from .errors import Invalid, Problem
from .pseudonyms import Pseudonyms

#: The steps in their order. Each can be repeated, so an erasure that was interrupted goes on.
Stage = Literal["find", "erase", "check", "traces", "keys", "audit", "index", "disk", "done"]
ERASURE_STAGES: tuple[Stage, ...] = ("find", "erase", "check", "traces", "keys", "audit", "index", "disk", "done")
RECEIPT_VERSION = 1
#: Ids of texts with the name that a receipt lists of each kind. It counts all of them.
MOST_MENTIONS = 100


@dataclass(frozen=True, slots=True)
class Erasure:
    """It holds keyed names only. What the steps need to know in words is stored apart until they are done."""

    id: str
    site: str
    by: str
    asked: datetime
    subject: Subject
    keeps_lessons: bool = False
    stage: Stage = "find"
    cursor: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    kept_rules: tuple[str, ...] = ()  # names of rules about the person that go on working; they hold keyed names
    mentions: Mapping[str, int] = field(default_factory=dict)  # texts of others with the name, by kind; they stay
    mention_ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # the first of them
    disk: str = ""  # what became of the files of the server
    finished: datetime | None = None

    @property
    def is_done(self) -> bool:
        return self.stage == "done"

    def counted(self, **more: int) -> Self:
        totals = {name: self.counts.get(name, 0) + n for name, n in more.items()}
        return replace(self, counts={**self.counts, **totals})

    def mentioning(self, kind: str, ids: Sequence[str], adds: bool = False) -> Self:
        """Record texts with the name, in place of those of the same kind, or in addition to them."""
        n = (self.mentions.get(kind, 0) if adds else 0) + len(ids)
        listed = (*(self.mention_ids.get(kind, ()) if adds else ()), *ids)[:MOST_MENTIONS]
        return replace(self, mentions={**self.mentions, kind: n}, mention_ids={**self.mention_ids, kind: tuple(listed)})

    def at_next_stage(self) -> Self:
        return replace(self, stage=ERASURE_STAGES[ERASURE_STAGES.index(self.stage) + 1], cursor="")


def receipt(erasure: Erasure, pseudonyms: Pseudonyms) -> dict[str, Any]:
    """Return the signed receipt of a finished erasure. It has the person's keyed names, and no personal data."""
    done = erasure.finished or erasure.asked
    values: dict[str, Any] = {
        "kind": "replygate-erasure-receipt",
        "version": RECEIPT_VERSION,
        "id": erasure.id,
        "site": erasure.site,
        "asked": erasure.asked.isoformat(),
        "finished": done.isoformat(),
        "subject": {name: value for name, value in asdict(erasure.subject).items() if value},
        "erased": dict(sorted(erasure.counts.items())),
        "lessons": "kept as counts of words that other comments taught too" if erasure.keeps_lessons else "unlearned",
        "kept_rules": list(erasure.kept_rules),
        "mentions_of_the_name": {
            kind: {"count": n, "ids": list(erasure.mention_ids.get(kind, ()))}
            for kind, n in sorted(erasure.mentions.items())
            if n
        },
        "files": erasure.disk,
    }
    return {**values, "signature": _signature(values, pseudonyms)}


def _signature(values: Mapping[str, Any], pseudonyms: Pseudonyms) -> str:
    return pseudonyms.seal("erasure receipt", json.dumps(values, sort_keys=True, separators=(",", ":")))


def verified_receipts(text: str, pseudonyms: Pseudonyms) -> list[dict[str, Any]]:
    """Return the receipts of a file, one or a list, if this deployment signed each as it is. Raises Invalid."""
    try:
        found = json.loads(text, object_pairs_hook=_without_repeated_keys)
    except (ValueError, RecursionError) as error:
        raise Invalid([Problem("file", "malformed", f"is not a receipt: {error}")]) from error
    receipts = found if isinstance(found, list) else [found]
    if not receipts:
        raise Invalid([Problem("file", "required", "has no receipt")])
    return [_verified(values, pseudonyms) for values in receipts]


def _without_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("it has a key twice")
    return found


def _verified(values: object, pseudonyms: Pseudonyms) -> dict[str, Any]:
    if not isinstance(values, dict) or not isinstance(values.get("signature"), str):
        raise Invalid([Problem("file", "malformed", "is not a receipt: it has no signature")])
    signature = values.pop("signature")
    if not hmac.compare_digest(_signature(values, pseudonyms).encode(), signature.encode("utf-8", "replace")):
        raise Invalid([Problem("file", "signature", "was changed, or another deployment signed it")])
    return values


def subject_of_receipt(values: Mapping[str, Any]) -> Subject:
    """Return the person whose data a verified receipt is about, to erase it again after a backup was restored."""
    named = values["subject"]
    lists = {name: tuple(named.get(name, ())) for name in ("identities", "users", "browsers", "ids")}
    return Subject(**lists, linked=bool(named.get("linked")))
