"""Keys of what the filters look up: authors, windows, what was learned, what is settled by name."""

from dataclasses import dataclass

from .names import SHARED, Names


@dataclass(frozen=True, slots=True)
class EvidenceKeys(Names):
    def authors(self, site: str, status: str) -> str:
        """hash; Comment.author_keys -> comments in that status, day of the first; decide.lua; Evidence; for ever."""
        return self._of(site, f"authors:{status}")

    def window(self, site: str, name: str, bucket: int) -> str:
        """hash; eight bytes for a value -> comments with it; note.lua; filters, through Evidence; two windows."""
        return self._of(site, f"window:{name}:{bucket}")

    def corpus(self, site: str, label: str) -> str:
        """hash; token -> lessons of that label with it; learn.lua; filters, through Evidence; for ever."""
        return self._of(site, f"corpus:{label}")

    def lessons(self, site: str) -> str:
        """hash; label -> lessons that count, bar -> log-odds; learn.lua; filters, through Evidence; for ever."""
        return self._of(site, "lessons")

    def learned(self, site: str) -> str:
        """hash; comment id -> Lesson as learned, JSON; learn.lua; learn.lua; while it is a lesson."""
        return self._of(site, "learned")

    def quotas(self, site: str) -> str:
        """sorted set; eight bytes for a quota, then the id of a lesson in it; learn.lua; learn.lua; while learned."""
        return self._of(site, "quotas")

    def bars(self, site: str) -> str:
        """sorted set; lessons of ham with their log-odds, by ms decided; learn.lua; learn.lua; while learned."""
        return self._of(site, "bars")

    def repute(self) -> str:
        """hash; label and domain -> lessons of each site, JSON; tell.lua; Repute; while a lesson has it."""
        return self._of(SHARED, "repute")

    def repute_told(self) -> str:
        """hash; site and comment id -> label and domains, JSON; tell.lua; tell.lua; while it is a lesson."""
        return self._of(SHARED, "repute:told")

    def unlearned(self, site: str) -> str:
        """set; ids whose lesson may have changed; decide.lua; the learn job; until learned."""
        return self._of(site, "unlearned")

    def rules(self, site: str) -> str:
        """hash; author, origin or domain -> AuthorRule; AuthorRules; filters, through Evidence; until lifted."""
        return self._of(site, "standings")

    def terms(self, site: str) -> str:
        """hash; term -> AuthorRule; AuthorRules; filters, through Evidence; until lifted."""
        return self._of(site, "standings:terms")
