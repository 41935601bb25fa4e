"""Has a submission kept, asks for it to be judged, and waits for the verdict where the client prefers to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from flask import Flask, current_app
from werkzeug.wrappers import Request

from comments.errors import Invalid, Problem, StorageDown
from comments.job_queue import JUDGE
from comments.lifecycle import Outcome
from comments.model import Comment
from comments.pseudonyms import digest
from comments.site import Site
from comments.storage.values import Admission
from service.deps import Deps

from . import form_tokens, parsing
from .form_work import Brake
from .parsing import NO_FORM, FormFacts
from .wait_slots import Places

EXTENSION = "replygate.intake"
#: Where the lane leaves why it did not keep a submission, for the view to say.
REFUSED = "replygate.refused"

IDEMPOTENCY_KEY = re.compile(r"[!-~]{1,255}")
WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*(\d{1,5})(?=$|[,;\s])", re.IGNORECASE)
MAX_WAIT = 10


@dataclass(frozen=True, slots=True)
class Kept:
    """A comment that is safe. `repeat`: it was so already; `waited`: its status is the verdict, if there was one."""

    comment: Comment
    receipt: str
    repeat: bool = False
    waited: int = 0


@dataclass(frozen=True, slots=True)
class Intake:
    """Where every submission to an app is taken in, whichever way it came."""

    deps: Deps
    brake: Brake
    places: Places

    def accept(self, asked: Request, site: Site, fields: Mapping[str, Any], trusted: bool) -> Kept:
        """Keep the comment, or raise Invalid with every problem, KeyReused, TooMany, Busy or StorageDown.

        `fields` as `submission.fields_of` gives them; `trusted` if the site's own server sent them.
        """
        deps, key = self.deps, _idempotency_key(asked)
        texts = parsing.checked(fields, site, trusted, deps.settings.sends_mail)
        facts = self._form_facts(site, texts, fields.get("content", ""), trusted)
        comment = parsing.comment(deps, asked, site, texts, facts, trusted)
        admitted = admission(deps, site, parsing.fingerprint(comment), key)
        accepted = deps.storage.comments.accept(comment, admitted)
        if accepted.wakeup:
            deps.jobs.enqueue(JUDGE, site.id, accepted.wakeup)
        receipt = deps.pseudonyms.receipt(site.id, accepted.id)
        if accepted.repeat:
            comment = deps.storage.comments.get(site.id, accepted.id)
        return self._after_waiting(asked, Kept(comment, receipt, accepted.repeat))

    def install(self, app: Flask) -> None:
        app.extensions[EXTENSION] = self

    def _form_facts(self, site: Site, texts: Mapping[str, str], content: str, trusted: bool) -> FormFacts:
        """Of the token itself nothing is kept. `content` as it was sent; the site's server owes no work."""
        deps, token = self.deps, texts.get("form_token", "")
        wanted = not trusted and self.brake.bits(site, deps.now()) > 0
        if not token and not wanted:
            return NO_FORM
        shown = form_tokens.read(deps.pseudonyms, site.id, texts["thread"], token, deps.now())
        proof = form_tokens.proof(shown, token, content, texts.get("form_proof", ""), wanted)
        return FormFacts(shown.verdict, shown.seconds, proof)

    def _after_waiting(self, asked: Request, kept: Kept) -> Kept:
        """As `kept`, or with the verdict if the client prefers to wait for it and there is room to."""
        if "Prefer" not in asked.headers:
            return kept
        preferred = WAIT.search(", ".join(asked.headers.getlist("Prefer")))
        seconds = min(MAX_WAIT, int(preferred[1])) if preferred else 0
        if not seconds or kept.comment.outcome is not Outcome.PENDING:
            return kept
        try:
            comment = self.places.wait(self.deps.storage.comments, kept.comment, seconds)
        except StorageDown:
            return (
                kept  # the comment is safe, which is what the answer says; only the verdict has to be asked for later
            )
        return replace(kept, comment=comment, waited=seconds) if comment else kept


def admission(deps: Deps, site: Site, fingerprint: str, key: str = "") -> Admission:
    """On what terms the site takes something new; `key` as storage knows it."""
    return Admission(
        fingerprint=fingerprint,
        key=key,
        max_pending=site.max_pending,
        per_minute=site.per_minute,
        batch=deps.settings.batch,
        max_wakeups=deps.settings.judges,
    )


def intake() -> Intake:
    """That of the app that serves the present request."""
    return cast(Intake, current_app.extensions[EXTENSION])


def _idempotency_key(asked: Request) -> str:
    """A digest of the client's key; "" without one. Raises Invalid."""
    given = asked.headers.get("Idempotency-Key")
    if given is None:
        return ""
    if not IDEMPOTENCY_KEY.fullmatch(given):
        raise Invalid([Problem("Idempotency-Key", "format", "must be 1 to 255 visible ASCII characters")])
    return digest(given)
