"""Keys of checks, and of the lessons from feedback about them."""

from dataclasses import dataclass

from .declarations import ExportClass, stored
from .names import Names


@dataclass(frozen=True, slots=True)
class CheckKeys(Names):
    @stored(
        ExportClass.TEMPORARY,
        "name, email address, website, text, user agent, keyed network and identity, names of moderators",
    )
    def check(self, site: str, id: str) -> str:
        """string; a CheckAnswer as compressed JSON; checks/ask, checks/put; Checks; ten minutes, or days."""
        return self._of(site, f"check:{id}")

    @stored(ExportClass.TEMPORARY)
    def checks(self, site: str) -> str:
        """sorted set; ids of checks of programs by the ms they expire; checks/ask; checks/ask; until all expired."""
        return self._of(site, "checks")

    @stored(ExportClass.TEMPORARY)
    def due_checks(self, site: str) -> str:
        """sorted set; ids of checks by the ms they can be claimed; checks/*, queue/*; the same; until answered."""
        return self._of(site, "checks:due")

    @stored(
        ExportClass.EXPORTED,
        "name, email address, website, text, user agent, keyed network and identity, names of moderators",
    )
    def taught_checks(self, site: str) -> str:
        """hash; id of a check -> its comment, as comments are stored; checks/teach; learn, rebuild; while lessons."""
        return self._of(site, "checks:taught")
