"""Keys of the evidence that filters use: authors, windows, learned words, reputation and rules."""

from dataclasses import dataclass

from .declarations import ExportClass, stored
from .names import SHARED, Names


@dataclass(frozen=True, slots=True)
class EvidenceKeys(Names):
    @stored(ExportClass.EXPORTED, "names of staff")
    def staff_names(self, site: str) -> str:
        """set; names with the staff badge; comments/accept and Evidence; Evidence; for ever."""
        return self._of(site, "staff:names")

    @stored(ExportClass.EXPORTED, "keyed identity, keyed network, digest of a name")
    def authors(self, site: str, status: str) -> str:
        """hash; author's key or record of people -> number, first day; comments/decide; Evidence; for ever."""
        return self._of(site, f"authors:{status}")

    @stored(ExportClass.TEMPORARY, "digests of what people sent")
    def window(self, site: str, name: str, bucket: int) -> str:
        """hash; digest of a value -> comments with it; comments/windows_count; Evidence; two windows."""
        return self._of(site, f"window:{name}:{bucket}")

    @stored(ExportClass.DERIVED, "words of comments")
    def corpus(self, site: str, label: str) -> str:
        """hash; token -> lessons of that label with it; learning/learn; Evidence; for ever."""
        return self._of(site, f"corpus:{label}")

    @stored(ExportClass.DERIVED)
    def lessons(self, site: str) -> str:
        """hash; label -> lessons, bar -> highest ham log-odds, residual -> sum; learning/learn; Evidence; for ever."""
        return self._of(site, "lessons")

    @stored(ExportClass.EXPORTED, "words of a comment")
    def learned(self, site: str) -> str:
        """hash; comment id -> Lesson as JSON; learning/learn; learning/learn; while it is a lesson."""
        return self._of(site, "learned")

    @stored(ExportClass.DERIVED, "keyed names in lessons")
    def quotas(self, site: str) -> str:
        """sorted set; digest of a quota and id of a lesson in it; learning/learn; learning/learn; while learned."""
        return self._of(site, "quotas")

    @stored(ExportClass.DERIVED)
    def ham_ceilings(self, site: str) -> str:
        """sorted set; ham lessons with their log-odds, by ms decided; learning/learn; learning/learn; while learned."""
        return self._of(site, "bars")

    @stored(ExportClass.DERIVED)
    def reputation(self) -> str:
        """hash; label and domain -> lessons of each site, JSON; learning/reputation_update; filters; while learned."""
        return self._of(SHARED, "repute")

    @stored(ExportClass.EXPORTED, "domains that a comment links to")
    def reputation_lessons(self) -> str:
        """hash; site and comment id -> label and domains, JSON; learning/reputation_update; the same; while learned."""
        return self._of(SHARED, "repute:told")

    @stored(ExportClass.EXPORTED)
    def unlearned(self, site: str) -> str:
        """set; ids whose lesson may have changed; comments/decide; the learn job; until learned."""
        return self._of(site, "unlearned")

    @stored(ExportClass.EXPORTED, "keyed authors and networks, names of moderators, their notes")
    def rules(self, site: str) -> str:
        """hash; author, network, range or domain -> AuthorRule as JSON; AuthorRules; Evidence; until deleted."""
        return self._of(site, "standings")

    @stored(ExportClass.EXPORTED, "names of moderators, their notes")
    def terms(self, site: str) -> str:
        """hash; term or expression -> AuthorRule as JSON; AuthorRules; Evidence; until deleted."""
        return self._of(site, "standings:terms")

    @stored(ExportClass.EXPORTED, "network ranges")
    def rule_ranges(self, site: str) -> str:
        """hash; keyed name of a range in a rule -> the range; AuthorRules; web; until deleted."""
        return self._of(site, "standings:ranges")

    @stored(ExportClass.DERIVED)
    def rules_version(self, site: str) -> str:
        """string; number of changes of the rules; AuthorRules; Evidence; for ever."""
        return self._of(site, "standings:version")

    @stored(ExportClass.EXPORTED, "keyed authors and networks")
    def rule_hits(self, site: str) -> str:
        """hash; name of a rule -> comments to which it applied; AuthorRules; rule pages; until the rule is deleted."""
        return self._of(site, "standings:hits")

    @stored(ExportClass.EXPORTED, "keyed authors and networks")
    def rule_times(self, site: str) -> str:
        """hash; name of a rule -> ms of its last hit; AuthorRules; rule pages; until the rule is deleted."""
        return self._of(site, "standings:times")
