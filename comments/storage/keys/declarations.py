"""Declaration of each key: its class for exports, the personal data in it, and the secrets in it.

The export, `docs/export.md` and `docs/privacy.md` follow from these lines. A key without one fails a test.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

K = TypeVar("K", bound=Callable[..., str])


class ExportClass(StrEnum):
    EXPORTED = "exported"  # the export has it, and the import stores it as it was
    DERIVED = "derived"  # the import makes it from what is exported
    TEMPORARY = "temporary"  # work in progress, or gone within weeks; an import begins without it
    SECRET = "secret"  # noqa: S105 - a class of keys, left out and named in `left_out` unless secrets are exported


@dataclass(frozen=True, slots=True)
class KeyDeclaration:
    type: str  # as the docstring begins: "string", "hash", "set", "sorted set", "list", "stream", …
    export: ExportClass
    personal: str = ""  # data about people, readers or staff, in the members; "" for none
    left_out: str = ""  # secrets in an exported key, which are treated like the class SECRET; "" for none


#: Name of the method of `Keys` -> its declaration.
DECLARATIONS: dict[str, KeyDeclaration] = {}


def stored(export: ExportClass, personal: str = "", left_out: str = "") -> Callable[[K], K]:
    def declare(method: K) -> K:
        named: Any = method
        DECLARATIONS[named.__name__] = KeyDeclaration(str(named.__doc__).partition(";")[0], export, personal, left_out)
        return method

    return declare
