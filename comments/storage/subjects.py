"""Protocol of the store that finds and removes the data of one person."""

from collections.abc import Sequence
from typing import Protocol

from comments.data_subjects import Subject
from comments.erasures import Erasure
from comments.model import Comment
from comments.personal_texts import PersonalTexts, TeamTexts


class Subjects(Protocol):
    """Every step is bounded and can be repeated."""

    def find_some(self, site: str, subject: Subject, cursor: str) -> tuple[list[Comment], str]:
        """Search some comments of a site for those of a person. Return them and the next cursor, "" at the end."""

    def erasures(self, site: str) -> list[Erasure]:
        """Return the erasures of a site, the latest first."""

    def get(self, site: str, id: str) -> Erasure:
        """Raises NotFound."""

    def save(self, before: Erasure | None, after: Erasure) -> bool:
        """Store an erasure if it is as it was read (None: it is new)."""

    def has_open(self, site: str) -> bool:
        """True if an erasure of the site is not finished."""

    def remember(self, erasure: Erasure, ids: Sequence[str], texts: PersonalTexts) -> None:
        """Store ids of comments that were found, and names and addresses, until `forget_words`."""

    def found(self, erasure: Erasure, n: int) -> list[str]:
        """Return up to `n` ids of comments that are left to erase; all for 0."""

    def texts(self, erasure: Erasure) -> PersonalTexts: ...

    def erased(self, erasure: Erasure, ids: Sequence[str]) -> dict[str, int]:
        """Remove what is stored about these comments apart from their records, and cross them off. Return counts."""

    def remove_author(self, erasure: Erasure) -> Erasure:
        """Remove records, subscriptions and saved views of the person, reasons of rules, and addresses in them.

        Return the erasure with counts, the names of rules that go on working, and what mentions the name.
        """

    def scan_keys(self, erasure: Erasure) -> tuple[Erasure, bool]:
        """Do a step of removing checks of the person, and words in notes and bulk actions. Return True when it is over.

        The erasure that is returned has counts, and what mentions the name.
        """

    def team_texts(self, site: str, subject: Subject, texts: PersonalTexts, most_steps: int = 0) -> TeamTexts:
        """Return the views that an erasure would remove, and texts with the name that it would leave alone.

        With `most_steps`, look for notes and bulk actions at so many steps of `scan_keys` at most; 0: all.
        """

    def rewrite_audit(self, erasure: Erasure) -> tuple[Erasure, bool]:
        """Do a step of removing entries of the audit that name the person. Return True when it is over."""

    def forget_words(self, erasure: Erasure) -> None:
        """Delete what `remember` stored."""

    def lease(self, site: str, seconds: float) -> bool:
        """Return True for the only process that works on erasures of the site for that time."""

    def release(self, site: str) -> None:
        """End the lease."""

    def rewrite_disk(self) -> str:
        """Let the server write its files anew, without what was deleted. Return what became of that, in words."""

    def is_disk_rewritten(self) -> bool:
        """False while the server writes its files."""
