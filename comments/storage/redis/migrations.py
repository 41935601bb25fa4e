"""The form of the data: its version, and how each older one becomes the next.

A migration must be safe to repeat: two processes may start at once, and one may be killed half-way.
"""

from collections.abc import Callable, Mapping
from typing import Any

from comments.storage.keys import Keys

#: Version -> what turns it into the next.
MIGRATIONS: Mapping[int, Callable[[Any, Keys], None]] = {}
