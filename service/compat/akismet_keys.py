"""Keys of the Akismet API: find the key of a request and its site."""

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps

from flask import Request, Response, request

from comments.pseudonyms import Pseudonyms
from comments.site import Site
from service.deps import deps

from .akismet_answers import bad_key_answer
from .akismet_fields import AkismetFields, read_akismet_fields
from .site_keys import count_wrong_key, sites_with

#: As `Pseudonyms.akismet_key` makes them. One can be the first part of a host name.
AKISMET_KEY = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class AkismetAccess:
    """A site, and the key with which a program asks for it."""

    site: Site
    key: str
    key_id: str

    @property
    def asker(self) -> str:
        return f"akismet {self.key_id}"


def find_access(request: Request, fields: AkismetFields, path_key: str = "") -> AkismetAccess | None:
    """Return the site whose key the request has; None for a wrong key and for no key.

    Raises TooMany after too many wrong keys of one network, and SiteDeleted.
    """
    for key in given_keys(request, fields, path_key):
        for site in sites_with(key):
            if access := _access(site, key, deps().pseudonyms):
                return access
    count_wrong_key()
    return None


def with_access(view: Callable[[AkismetAccess, AkismetFields], Response]) -> Callable[..., Response]:
    """Give a view the site of the request's key, and the fields. Without a valid key the answer is `invalid`."""

    @wraps(view)
    def answer(key: str = "") -> Response:
        fields = read_akismet_fields(request)
        access = find_access(request, fields, key)
        return view(access, fields) if access else bad_key_answer()

    return answer


def _access(site: Site, key: str, pseudonyms: Pseudonyms) -> AkismetAccess | None:
    for id in site.akismet_keys:
        if hmac.compare_digest(pseudonyms.akismet_key(site.id, id).encode(), key.encode()):
            return AkismetAccess(site, key, id)
    return None


def given_keys(request: Request, fields: AkismetFields, path_key: str = "") -> list[str]:
    """Return everything in the request that may be the key, in the order of preference."""
    candidates = (path_key, *fields_with_keys(fields), *_authorized(request), request.host.partition(".")[0])
    return list(dict.fromkeys(key.lower() for key in candidates if AKISMET_KEY.fullmatch(key.lower())))


def fields_with_keys(fields: AkismetFields) -> tuple[str, str]:
    return fields.text("api_key").strip(), fields.text("key").strip()


def _authorized(request: Request) -> Iterator[str]:
    """Yield the key in the header Authorization: of Bearer, or the user name of Basic, as in https://key@host/."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        yield token.strip()
    elif scheme.lower() == "basic":
        try:
            yield base64.b64decode(token.strip(), validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return
