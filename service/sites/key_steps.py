"""Create, rotate and remove keys of a site whose secrets are derived: only their ids are stored."""

import secrets
from dataclasses import dataclass, replace
from typing import Any, Literal

from comments.audit import AuditAction, AuditEntry
from comments.errors import ActionNotAllowed, Invalid, Problem, StaleVersion
from comments.site import Site
from service.accounts import passwords
from service.accounts.audit_trail import entry
from service.accounts.sessions import SignedIn
from service.accounts.sign_in import count_attempt
from service.deps import deps

KeyStep = Literal["rotate", "finish", "remove"]


@dataclass(frozen=True, slots=True)
class KeyKind:
    """A kind of keys: the field of the site with their ids, and its place in the audit log."""

    field: Literal["user_keys", "akismet_keys"]
    action: AuditAction
    subject: str

    def ids(self, site: Site) -> tuple[str, ...]:
        """Return the ids of the valid keys, the newest first."""
        found: tuple[str, ...] = getattr(site, self.field)
        return found

    def changed(self, site: Site, step: KeyStep) -> Site:
        """Return the site after one step.

        Raises ActionNotAllowed if there is nothing to remove, and for a third key: programs may use both.
        """
        ids = self.ids(site)
        if step == "rotate" and len(ids) > 1:
            raise ActionNotAllowed(
                "Two keys are valid already. Enter the newest one in all your programs, remove the old one, and then "
                "rotate again."
            )
        if step != "rotate" and len(ids) < (2 if step == "finish" else 1):
            raise ActionNotAllowed(
                "There is no old key to remove." if step == "finish" else "There is no key to remove."
            )
        after = {"rotate": (secrets.token_hex(4), *ids), "finish": ids[:1], "remove": ()}[step]
        changes: dict[str, Any] = {self.field: after}
        return replace(site, **changes)

    def audit_entry(self, template: AuditEntry, before: Site, after: Site) -> AuditEntry:
        """Return the audit entry of a change, made from `template`."""
        old, new = (", ".join(self.ids(site)) for site in (before, after))
        return replace(template, action=self.action, subject=self.subject, before=old, after=new, site=after.id)


USER_KEYS = KeyKind("user_keys", AuditAction.USER_KEY, "user-keys")
AKISMET_KEYS = KeyKind("akismet_keys", AuditAction.AKISMET_KEY, "akismet-keys")


def change_keys_of(site: str, kind: KeyKind, step: KeyStep, password: str, signed: SignedIn) -> Site:
    """Change the keys and return the site after it. People with a password confirm the change.

    Raises Invalid for a wrong password, TooMany, ActionNotAllowed, StaleVersion.
    """
    if signed.person.password:
        count_attempt(signed.person.name, signed.session)
        if not passwords.is_correct(signed.person.password, password):
            raise Invalid([Problem("password", "wrong", "is not your current password")])
    before = deps().storage.sites.get(site)
    after = kind.changed(before, step)
    audit_entry = kind.audit_entry(entry(signed, kind.action), before, after)
    if not deps().storage.sites.compare_and_set(before, after, audit_entry):
        raise StaleVersion("Someone changed this site at the same moment. Try again.")
    return after
