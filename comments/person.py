"""The people who moderate sites."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who signs in. `roles` maps the id of a site to the person's role there."""

    name: str
    roles: Mapping[str, str] = field(default_factory=dict)
    password: str = ""  # argon2id hash; "" until the person chooses one
    operator: bool = False  # may see the operations pages
    totp_salt: str = field(default="", metadata={"stored": "codes"})  # "" without two-factor authentication
    last_totp_step: int = field(default=0, metadata={"stored": "code_used"})  # no code works twice
    recovery_digests: tuple[str, ...] = field(default=(), metadata={"stored": "recovery"})  # of the unused codes
    display_name: str = ""  # name that readers see on the person's replies; "" until the person chooses one
