"""Keys of people: with one, a program uses the API in the name of a person, with the person's roles."""

import hmac
import secrets

from flask import request

from comments.errors import NotFound
from comments.person import Person, PersonKey
from comments.pseudonyms import token_digest
from service.deps import deps

#: "rgp_" the person's name in hexadecimal "_" key id "_" secret.
PERSON_KEY_PREFIX = "rgp_"
BEARER = "Bearer "


def new_person_key(name: str) -> tuple[PersonKey, str]:
    """Return the stored part of a new key, and the whole key."""
    id = secrets.token_hex(4)
    whole = f"{PERSON_KEY_PREFIX}{name.encode().hex()}_{id}_{secrets.token_hex(24)}"
    return PersonKey(id, token_digest(whole)), whole


def is_keyed_request() -> bool:
    """Return True for a request to the API with a person's key. Keys open no pages."""
    authorization = request.headers.get("Authorization", "")
    return request.path.startswith("/v1/") and authorization.startswith(BEARER + PERSON_KEY_PREFIX)


def keyed_person(authorization: str) -> tuple[Person, str] | None:
    """Return the person of a key, and the key's id; None for a key that is not valid."""
    token = authorization.removeprefix(BEARER).strip()
    name, _, rest = token.removeprefix(PERSON_KEY_PREFIX).partition("_")
    try:
        person = deps().storage.people.get(bytes.fromhex(name).decode())
    except (ValueError, NotFound):
        return None
    id = rest.partition("_")[0]
    known = next((key.digest for key in person.api_keys if key.id == id), "")
    is_valid = hmac.compare_digest(known.encode(), token_digest(token).encode())
    return (person, id) if is_valid else None
