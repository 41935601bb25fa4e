"""Users whom the site has signed in: read their tokens (JWT, HS256) strictly, and report every fault of a token."""

import ipaddress
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

import ada_url
import jwt
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from werkzeug.wrappers import Request

from comments.errors import Invalid, Problem
from comments.model import STAFF
from comments.pseudonyms import Pseudonyms
from comments.site import Site
from comments.validation import field_problems, is_web_address, tidied
from service.deps import Deps
from service.web.request_body import SURROGATE

USER_HEADER, USER_FIELD = "Replygate-User", "user_token"

ALGORITHM = "HS256"
#: Characters of a token. A name, an address and a picture fit many times.
MAX_TOKEN = 4096
#: A stolen token is soon worthless. The site signs a new one for each page.
MAX_LIFETIME = timedelta(hours=1)
#: Clocks of two servers differ by less.
CLOCK_SKEW = timedelta(seconds=30)
MAX_SUBJECT, MAX_AVATAR = 200, 500


@dataclass(frozen=True, slots=True)
class SignedUser:
    """A user of the site. `id` is the keyed hash of the site's own id."""

    id: str
    name: str
    email: str = ""
    avatar: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class UserCheck:
    """Result of reading a request's token: the user, the problems, or neither if there is no token."""

    user: SignedUser | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def is_given(self) -> bool:
        return self.user is not None or bool(self.problems)

    @property
    def waived(self) -> tuple[str, ...]:
        """Fields that the visitor need not fill in, because the site knows its user. A bad token is fault enough."""
        return ("author", "email") if self.is_given else ()


def _check_storable(text: str) -> str:
    if SURROGATE.search(text) or "\0" in text:
        raise ValueError("has a character that cannot be stored")
    return text


ClaimText = Annotated[str, AfterValidator(_check_storable)]


class Claims(BaseModel):
    """Contents of a token. Other claims are ignored, because many sites sign one token for several services."""

    model_config = ConfigDict(strict=True)

    sub: ClaimText = Field(min_length=1, max_length=MAX_SUBJECT)
    name: ClaimText
    exp: float = Field(allow_inf_nan=False)
    iat: float = Field(allow_inf_nan=False)
    nbf: float = Field(default=0, allow_inf_nan=False)
    aud: str | list[str] | None = None
    email: ClaimText = ""
    avatar: ClaimText = ""
    role: ClaimText = ""


def check_user(deps: Deps, site: Site, request: Request, fields: Mapping[str, Any]) -> UserCheck:
    """Read the token in the header, or in the form's field."""
    token = request.headers.get(USER_HEADER) or fields.get(USER_FIELD)
    if not token:
        return UserCheck()
    if not isinstance(token, str):
        return UserCheck(problems=(Problem(USER_FIELD, "malformed", "must be text"),))
    try:
        return UserCheck(read_user_token(deps.pseudonyms, site, token.strip(), deps.now()))
    except Invalid as error:
        return UserCheck(problems=error.problems)


def require_user(deps: Deps, site: Site, request: Request) -> SignedUser:
    """Raises Invalid without a valid token in the header."""
    check = check_user(deps, site, request, {})
    if check.user is None:
        raise Invalid(check.problems or [Problem(USER_FIELD, "required", f"Send the user's token as {USER_HEADER}.")])
    return check.user


def read_user_token(pseudonyms: Pseudonyms, site: Site, token: str, now: datetime) -> SignedUser:
    """Raises Invalid with one problem of the field `user_token` that says what is wrong."""
    claims = _claims(_verified(pseudonyms, site, token))
    _check_times(claims, now)
    if claims.aud is not None and site.id not in (claims.aud if isinstance(claims.aud, list) else [claims.aud]):
        raise _invalid("site", "The sign-in is for another site.")
    # A picture over http, or with a javascript: or data: address, would be loaded by every reader.
    if claims.avatar and not (
        claims.avatar.startswith("https://")
        and is_web_address(claims.avatar)
        and len(claims.avatar) <= MAX_AVATAR
        and _is_public(claims.avatar)
    ):
        raise _invalid("avatar", f"The picture must be a public https:// address of at most {MAX_AVATAR} characters.")
    if claims.role not in ("", STAFF):
        raise _invalid("role", f'The role must be "{STAFF}" or left out.')
    known = tidied({"author": claims.name, "email": claims.email})
    if not known["author"]:
        raise _invalid("name", "The name is missing.")
    if found := [p for p in field_problems(known, site) if p.field in known and p.code != "required"]:
        raise _invalid("name" if found[0].field == "author" else "email", found[0].message)
    role = claims.role if site.staff_tokens else ""
    id = pseudonyms.user(site.id, claims.sub)
    return SignedUser(id, known["author"], known["email"], claims.avatar, role)


def _verified(pseudonyms: Pseudonyms, site: Site, token: str) -> Mapping[str, Any]:
    """Return the claims of a token that one of the site's keys signed. Raises Invalid."""
    if not site.user_keys:
        raise _invalid("off", "This site does not sign in its users: it has no key for it.")
    if len(token) > MAX_TOKEN:
        raise _invalid("malformed", f"The sign-in must have at most {MAX_TOKEN} characters.")
    if "=" in token:
        raise _invalid("malformed", "The sign-in must be without padding (=).")
    # Only the signature: times are checked with our own clock, and the audience with its own message.
    signatures = jwt.PyJWS()
    for key in site.user_keys:
        try:
            return _read_claims(signatures.decode(token, pseudonyms.user_secret(site.id, key), algorithms=[ALGORITHM]))
        except jwt.InvalidSignatureError:
            continue
        except jwt.InvalidAlgorithmError:
            raise _invalid("algorithm", f"The sign-in must be signed with {ALGORITHM}.") from None
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise _invalid("malformed", "The sign-in is not a JSON Web Token.") from None
    raise _invalid("signature", "The sign-in was not signed with a key of this site.")


def _read_claims(payload: bytes) -> Mapping[str, Any]:
    """Return the claims of a signed text. Raises ValueError, and Invalid for a claim that is named twice.

    Programs differ in which of two they believe, so the site's server may have checked the other one.
    """
    claims = json.loads(payload, object_pairs_hook=_named_once)
    if not isinstance(claims, dict):
        raise ValueError("the claims are not an object")
    return claims


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if repeated := [name for name, n in Counter(name for name, _ in pairs).items() if n > 1]:
        raise _invalid("claims", f"The sign-in has the claim {json.dumps(repeated[0])} twice.")
    return dict(pairs)


def _claims(verified: Mapping[str, Any]) -> Claims:
    try:
        return Claims.model_validate(dict(verified))
    except ValidationError as error:
        names = ", ".join(dict.fromkeys(str(e["loc"][0]) for e in error.errors(include_url=False)))
        raise _invalid("claims", f"The sign-in has no valid {names}.") from None


def _check_times(claims: Claims, now: datetime) -> None:
    at, skew = now.timestamp(), CLOCK_SKEW.total_seconds()
    if claims.exp <= at - skew:
        raise _invalid("expired", "The sign-in has expired. Reload the page and try again.")
    if max(claims.iat, claims.nbf) > at + skew:
        raise _invalid("future", "The sign-in is not valid yet: the clock of the site's server is ahead.")
    lifetime = MAX_LIFETIME.total_seconds() + skew
    if claims.exp - at > lifetime or claims.exp - claims.iat > lifetime:
        raise _invalid("lifetime", "The sign-in must expire at most one hour after it was signed.")


def _is_public(address: str) -> bool:
    """Return False for an address in the network of each reader. A browser also reads 127.1 and 0x7f.1 as numbers."""
    try:
        host = ada_url.URL(address).hostname.strip("[]").removesuffix(".")
    except ValueError:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".localhost", ".local", ".internal"))


def _invalid(code: str, message: str) -> Invalid:
    return Invalid([Problem(USER_FIELD, code, message)])
