"""Secrets of a site: an export names them in `left_out`. An import without them puts unusable values in their place.

A missing API key fits no request, nothing can be sent to a missing address, and a missing token fits no account. The
rest of the settings stays as it was, so that an owner enters only what is named.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any
from urllib.parse import urlsplit

from comments.site import Site

#: Scheme of an address that was left out. It keeps the host, which an export names, and no client can send to it.
LEFT_OUT_SCHEME = "left-out"
LEFT_OUT_TOKEN = "left-out"  # noqa: S105 - stands for a token that is not there
#: Lists of a site whose parts have secrets.
RECEIVERS = ("webhooks", "chat_receivers")


def is_left_out(value: str) -> bool:
    return value == LEFT_OUT_TOKEN or value.startswith(f"{LEFT_OUT_SCHEME}://")


def site_values(site: Site, with_secrets: bool) -> dict[str, Any]:
    """Return the fields of a site for an export. Without secrets, keys are ids, and addresses are hosts."""
    values = asdict(site)
    left_out = [f"keys.{key.id}" for key in site.keys if not (with_secrets and key.digest)]
    left_out += [f"coral_keys.{n}" for n, secret in enumerate(site.coral_keys) if not (with_secrets and secret)]
    if not with_secrets:
        values["keys"] = [key.id for key in site.keys]
        values["coral_keys"] = ["" for _ in site.coral_keys]
    for name in RECEIVERS:
        for part, exported in zip(getattr(site, name), values[name], strict=True):
            exported["host"] = urlsplit(part.url).hostname or ""
            for secret in _secret_fields(part):
                value = exported[secret]
                if value and (is_left_out(value) or not with_secrets):
                    left_out.append(f"{name}.{part.id}.{secret}")
                if not with_secrets:
                    del exported[secret]
    return values | {"left_out": left_out}


def _secret_fields(part: Any) -> list[str]:
    return [field.name for field in fields(part) if field.metadata.get("secret")]


def with_placeholders(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a site from an export, with a value in each place that the export left out."""
    left_out = set(values.get("left_out", ()))
    filled = dict(values)
    filled["keys"] = [{"id": key, "digest": ""} if isinstance(key, str) else key for key in values.get("keys", ())]
    for name in RECEIVERS:
        filled[name] = [_filled(name, part, left_out) for part in values.get(name, ())]
    return filled


def _filled(name: str, part: Mapping[str, Any], left_out: set[str]) -> dict[str, Any]:
    given = dict(part)
    if f"{name}.{part.get('id')}.url" in left_out:
        given.setdefault("url", f"{LEFT_OUT_SCHEME}://{part.get('host', '')}/")
    if f"{name}.{part.get('id')}.token" in left_out:
        given.setdefault("token", LEFT_OUT_TOKEN)
    return given
