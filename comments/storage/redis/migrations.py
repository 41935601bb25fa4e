"""Migrations of the data from one version of its format to the next.

A migration must be safe to repeat: two processes may start at once, and one may be killed in the middle.
"""

from collections.abc import Callable, Mapping
from typing import Any

from comments.storage.keys import Keys

#: Version -> migration to the next version.
MIGRATIONS: Mapping[int, Callable[[Any, Keys], None]] = {}
