"""Keys of the evidence that filters use: authors, windows, learned words, reputation and rules."""

from dataclasses import dataclass

from .names import SHARED, Names


@dataclass(frozen=True, slots=True)
class EvidenceKeys(Names):
    def staff_names(self, site: str) -> str:
        """set; names with the staff badge; comments/accept and Evidence; Evidence; for ever."""
        return self._of(site, "staff:names")

    def authors(self, site: str, status: str) -> str:
        """hash; author's key or record of people -> number, first day; comments/decide; Evidence; for ever."""
        return self._of(site, f"authors:{status}")

    def window(self, site: str, name: str, bucket: int) -> str:
        """hash; digest of a value -> comments with it; comments/windows_count; Evidence; two windows."""
        return self._of(site, f"window:{name}:{bucket}")

    def corpus(self, site: str, label: str) -> str:
        """hash; token -> lessons of that label with it; learning/learn; Evidence; for ever."""
        return self._of(site, f"corpus:{label}")

    def lessons(self, site: str) -> str:
        """hash; label -> lessons, bar -> highest ham log-odds, residual -> sum; learning/learn; Evidence; for ever."""
        return self._of(site, "lessons")

    def learned(self, site: str) -> str:
        """hash; comment id -> Lesson as JSON; learning/learn; learning/learn; while it is a lesson."""
        return self._of(site, "learned")

    def quotas(self, site: str) -> str:
        """sorted set; digest of a quota and id of a lesson in it; learning/learn; learning/learn; while learned."""
        return self._of(site, "quotas")

    def ham_ceilings(self, site: str) -> str:
        """sorted set; ham lessons with their log-odds, by ms decided; learning/learn; learning/learn; while learned."""
        return self._of(site, "bars")

    def reputation(self) -> str:
        """hash; label and domain -> lessons of each site, JSON; learning/reputation_update; filters; while learned."""
        return self._of(SHARED, "repute")

    def reputation_lessons(self) -> str:
        """hash; site and comment id -> label and domains, JSON; learning/reputation_update; the same; while learned."""
        return self._of(SHARED, "repute:told")

    def unlearned(self, site: str) -> str:
        """set; ids whose lesson may have changed; comments/decide; the learn job; until learned."""
        return self._of(site, "unlearned")

    def rules(self, site: str) -> str:
        """hash; author, network, range or domain -> AuthorRule as JSON; AuthorRules; Evidence; until deleted."""
        return self._of(site, "standings")

    def terms(self, site: str) -> str:
        """hash; term or expression -> AuthorRule as JSON; AuthorRules; Evidence; until deleted."""
        return self._of(site, "standings:terms")

    def rule_ranges(self, site: str) -> str:
        """hash; keyed name of a range in a rule -> the range; AuthorRules; web; until deleted."""
        return self._of(site, "standings:ranges")

    def rules_version(self, site: str) -> str:
        """string; number of changes of the rules; AuthorRules; Evidence; for ever."""
        return self._of(site, "standings:version")

    def rule_hits(self, site: str) -> str:
        """hash; name of a rule -> comments to which it applied; AuthorRules; rule pages; until the rule is deleted."""
        return self._of(site, "standings:hits")

    def rule_times(self, site: str) -> str:
        """hash; name of a rule -> ms of its last hit; AuthorRules; rule pages; until the rule is deleted."""
        return self._of(site, "standings:times")
