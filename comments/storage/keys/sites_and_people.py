"""Keys that all sites share: the sites themselves, people who sign in, and running processes."""

from dataclasses import dataclass

from comments.pseudonyms import digest

from .declarations import ExportClass, stored
from .names import Names


@dataclass(frozen=True, slots=True)
class SitesAndPeopleKeys(Names):
    @stored(ExportClass.DERIVED)
    def version(self) -> str:
        """string; version of the data format; Server.prepare; Server.prepare; for ever."""
        return self._shared("version")

    @stored(ExportClass.TEMPORARY)
    def restoring(self) -> str:
        """string; empty; begin_restore; Server.prepare; until a backup is completely restored."""
        return self._shared("restoring")

    @stored(ExportClass.TEMPORARY)
    def probe(self) -> str:
        """string; empty; Server.check_write; Server.check_write; a minute."""
        return self._shared("probe")

    @stored(
        ExportClass.EXPORTED,
        "addresses of the people who receive mail",
        left_out="digests of API keys, webhook URLs and keys, chat tokens",
    )
    def sites(self) -> str:
        """hash; site id -> Site as JSON; Sites; all; for ever."""
        return self._shared("sites")

    @stored(ExportClass.TEMPORARY)
    def importing(self, site: str) -> str:
        """string; token of the import that writes the site; Archives; Archives; a minute."""
        return self._shared(f"importing:{site}")

    @stored(ExportClass.TEMPORARY)
    def removal(self, site: str) -> str:
        """string; SCAN cursor, keys removed in this pass; SiteRemoval; the same; while a site's data is removed."""
        return self._of(site, "removal")

    @stored(
        ExportClass.EXPORTED,
        "name, email address, chat accounts, saved searches",
        left_out="password hash, two-factor salt, recovery digests, digests of API keys",
    )
    def people(self) -> str:
        """hash; name -> Person as JSON; People; sign-in and roles; for ever."""
        return self._shared("people")

    @stored(ExportClass.TEMPORARY, "name, session digest")
    def session(self, digest: str) -> str:
        """string; Session as JSON; People; every signed-in request; the idle time, renewed by use."""
        return self._shared(f"session:{digest}")

    @stored(ExportClass.TEMPORARY, "digest of the name")
    def sessions(self, name: str) -> str:
        """set; digests of a person's sessions; People; the account page; as long as the last session can last."""
        return self._shared(f"sessions:{digest(name)}")

    @stored(ExportClass.TEMPORARY, "name")
    def link(self, digest: str) -> str:
        """string; name of the person who can sign in; People; the sign-in link; until used or expired."""
        return self._shared(f"link:{digest}")

    @stored(ExportClass.TEMPORARY, "the form as typed")
    def kept_form(self, digest: str) -> str:
        """string; a form sent after its session ended, as JSON; People; the page after signing in; half an hour."""
        return self._shared(f"kept:{digest}")

    @stored(ExportClass.TEMPORARY, "digest of the name")
    def links(self, name: str) -> str:
        """sorted set; digests of a person's links by the ms they expire; People; People.end_links; a day."""
        return self._shared(f"links:{digest(name)}")

    @stored(ExportClass.TEMPORARY, "digest of a name or network")
    def tries(self, key: str) -> str:
        """string; number of attempts; People.attempt; People.attempt; the limit's window."""
        return self._shared(f"tries:{digest(key)}")

    @stored(ExportClass.TEMPORARY)
    def heartbeats(self, part: str) -> str:
        """sorted set; process names by the ms until which they count as alive; Heartbeats; health, ops; for ever."""
        return self._shared(f"beats:{part}")
