"""Keys of the whole installation: its history, numbers for it, and pauses of judging."""

from dataclasses import dataclass

from .declarations import ExportClass, stored
from .names import SHARED, Names


@dataclass(frozen=True, slots=True)
class InstallationKeys(Names):
    @stored(ExportClass.TEMPORARY)
    def history(self, resolution: str) -> str:
        """hash; slot -> SystemSample as JSON; SystemHistory; the operations page; a day, or 14 days."""
        return self._of(SHARED, f"history:{resolution}")

    @stored(ExportClass.TEMPORARY)
    def history_minute(self) -> str:
        """string; the last minute that a sweep has; operations/claim_minute; the same; two minutes."""
        return self._of(SHARED, "history:minute")

    @stored(ExportClass.TEMPORARY)
    def request_errors(self) -> str:
        """hash; status -> number of requests answered with it; SystemHistory; the sweep; 14 days from the last."""
        return self._of(SHARED, "requests")

    @stored(ExportClass.TEMPORARY, "name of an operator")
    def judging_pauses(self) -> str:
        """hash; site, or * for all -> OperatorPause as JSON; Pauses; judges, the sweep, ops; until resumed."""
        return self._of(SHARED, "judging:paused")

    @stored(ExportClass.TEMPORARY, "name of an operator")
    def intake_pauses(self) -> str:
        """hash; site, or * for all -> OperatorPause as JSON; Pauses; web, ops; until resumed."""
        return self._of(SHARED, "intake:paused")

    @stored(ExportClass.TEMPORARY)
    def backup_at(self) -> str:
        """string; time of the last complete backup, in seconds; backup; ops; until the next one."""
        return self._of(SHARED, "backup")
