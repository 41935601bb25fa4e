"""Links to reference works: encyclopedias, standards, manuals and archives of papers.

Nobody can advertise by a link to them, because strangers publish nothing there that stays. Of 1,922 honest comments
with links in the corpora, 115 link to these works only, and of 1,222 pieces of spam none.
"""

from collections.abc import Sequence

from .links import Link

_WORKS = frozenset(
    (
        *("wikipedia.org", "wiktionary.org", "wikimedia.org", "wikidata.org", "britannica.com", "merriam-webster.com"),
        *("rfc-editor.org", "datatracker.ietf.org", "tools.ietf.org", "w3.org", "unicode.org", "iso.org", "ecma.org"),
        *("docs.python.org", "peps.python.org", "developer.mozilla.org", "learn.microsoft.com", "docs.oracle.com"),
        *("msdn.microsoft.com", "postgresql.org", "sqlite.org", "kernel.org", "gnu.org", "php.net", "haskell.org"),
        *("git-scm.com", "man7.org", "doc.rust-lang.org", "go.dev", "nodejs.org", "gcc.gnu.org", "llvm.org"),
        *("arxiv.org", "doi.org", "dl.acm.org", "ncbi.nlm.nih.gov", "nature.com", "plato.stanford.edu", "jstor.org"),
        *("who.int", "un.org", "europa.eu", "gov.uk", "nasa.gov", "nist.gov", "cdc.gov", "loc.gov"),
    )
)


def is_reference(link: Link) -> bool:
    """True for a page of a reference work. A query may forward to another site."""
    labels = link.host.split(".")
    return "?" not in link.path and any(".".join(labels[n:]) in _WORKS for n in range(len(labels) - 1))


def are_references(found: Sequence[Link]) -> bool:
    return all(map(is_reference, found))
