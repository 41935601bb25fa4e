"""Keys of what all sites share: the sites themselves, people who sign in, the programs that run."""

from dataclasses import dataclass

from comments.pseudonyms import digest

from .names import Names


@dataclass(frozen=True, slots=True)
class InstallationKeys(Names):
    def version(self) -> str:
        """string; version of the data's form; Server.prepare; Server.prepare; for ever."""
        return f"{self.prefix}:version"

    def sites(self) -> str:
        """hash; site id -> Site as JSON; Sites; everybody; for ever."""
        return f"{self.prefix}:sites"

    def people(self) -> str:
        """hash; name -> Person as JSON; People; sign-in and roles; for ever."""
        return f"{self.prefix}:people"

    def session(self, digest: str) -> str:
        """string; Session as JSON; People; every signed-in request; the idle time, renewed by use."""
        return f"{self.prefix}:session:{digest}"

    def sessions(self, name: str) -> str:
        """set; digests of a person's sessions; People; the account page; as long as the last of them may."""
        return f"{self.prefix}:sessions:{digest(name)}"

    def link(self, digest: str) -> str:
        """string; name of who may sign in; People; the sign-in link; until used or expired."""
        return f"{self.prefix}:link:{digest}"

    def tries(self, key: str) -> str:
        """string; number of tries; People.attempt; People.attempt; the limit's window."""
        return f"{self.prefix}:tries:{digest(key)}"

    def beats(self, part: str) -> str:
        """sorted set; process names by the ms until which they count as alive; Beats; readiness, ops; for ever."""
        return f"{self.prefix}:beats:{part}"
