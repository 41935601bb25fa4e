"""The site on a server, with the key to it, and the requests that are sent there."""

import os
from dataclasses import dataclass, field
from typing import Self, TypeVar
from urllib.parse import urlsplit

import httpx

from .calls import Call, path_part
from .failures import ClientError

T = TypeVar("T")

#: The server refuses unknown variables that begin with REPLYGATE_, so these have a prefix of their own.
URL_VARIABLE, SITE_VARIABLE, KEY_VARIABLE = "RG_URL", "RG_SITE", "RG_KEY"


class ClientSettingsError(ClientError):
    """Raised if the address, the site or the key cannot be used."""


@dataclass(frozen=True, slots=True)
class SiteTarget:
    """The site on a server, and the key to it."""

    url: str
    site: str
    key: str = field(default="", repr=False)

    @classmethod
    def chosen(cls, url: str | None, site: str | None, key: str | None) -> Self:
        """Return the target of these arguments. The environment has what is None.

        Raises ClientSettingsError.
        """
        url = os.environ.get(URL_VARIABLE, "") if url is None else url
        site = os.environ.get(SITE_VARIABLE, "") if site is None else site
        key = os.environ.get(KEY_VARIABLE, "") if key is None else key
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise ClientSettingsError(f"give the server's address, http:// or https://, or set {URL_VARIABLE}")
        if not site:
            raise ClientSettingsError(f"give the id of the site, or set {SITE_VARIABLE}")
        if not ((key.isascii() and key.replace("_", "").isalnum()) or not key):
            raise ClientSettingsError("this is not a key: keys have letters, digits and _ only")
        return cls(url.rstrip("/"), site, key)

    def request(self, call: Call[T], timeout: float, http: httpx.Client | httpx.AsyncClient) -> httpx.Request:
        """Return the request for one attempt of a call. The key goes with calls that need one, and no others."""
        query = {name: [*value] if isinstance(value, tuple) else value for name, value in call.query.items()}
        headers = {"Accept": "application/json", **call.headers}
        if self.key and not call.public:
            headers["Authorization"] = f"Bearer {self.key}"
        address = f"{self.url}/v1/sites/{path_part(self.site)}/{call.path}"
        return http.build_request(
            call.method, address, params=query or None, json=call.body, headers=headers, timeout=timeout
        )
