"""Tokens of a site's users, as the site's server signs them, and as an attacker would."""

import time
from typing import Any

import jwt

from comments.pseudonyms import Pseudonyms
from tests.support.builders import SECRET


def user_secret(site: str = "blog", key: str = "k1") -> str:
    return Pseudonyms(SECRET).user_secret(site, key)


def user_claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    claims = {"sub": "42", "name": "Grace Hopper", "iat": now, "exp": now + 600} | changes
    return {name: value for name, value in claims.items() if value is not None}


def user_token(site: str = "blog", key: str = "k1", algorithm: str = "HS256", **changes: Any) -> str:
    return jwt.encode(user_claims(**changes), user_secret(site, key), algorithm=algorithm)
