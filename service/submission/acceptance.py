"""Accept submissions: parse, check, store, and ask for judging."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, current_app
from werkzeug.wrappers import Request

from comments.audit import BY_SITE_KEY, AuditAction, AuditEntry
from comments.errors import CommentsPaused, StorageDown
from comments.job_queue import JUDGE
from comments.model import Comment
from comments.site import Site
from comments.storage.values import Admission
from comments.thread_detail_rules import TITLE_FIELD, URL_FIELD, keep_details
from service.deps import Deps
from service.web import site_access
from service.web.intake import IntakeGate
from service.web.range_cache import RangeCache
from service.web.request_body import RequestBody
from service.web.request_headers import idempotency_key
from service.web.schemas import AcceptedComment
from service.web.site_cache import SiteCache

from . import form_tokens, parsing
from .author_secrets import given_secret
from .form_tokens import ProofOfWork
from .parsing import NO_FORM, FormEvidence, Sender
from .signed_users import check_user

log = logging.getLogger(__name__)

SUBMISSIONS_EXTENSION = "replygate.submissions"


@dataclass(frozen=True, slots=True)
class AcceptedSubmission:
    """A comment that is stored durably."""

    site: Site
    comment: Comment
    receipt: str
    author_secret: str  # the one that the browser sent, or a new one
    status_url: str
    is_repeat: bool = False  # it had been accepted before
    waited: int = 0  # seconds the client asked to wait for the verdict, if the request did wait

    def answer(self) -> tuple[str, dict[str, str]]:
        """Return the JSON body and the headers of the 202."""
        comment = self.comment
        headers = {"Location": self.status_url}
        if self.is_repeat:
            headers["Replygate-Repeat"] = "true"
        if self.waited:
            headers["Preference-Applied"] = f"wait={self.waited}"
        body = AcceptedComment(
            id=comment.id,
            status=comment.outcome,
            received=comment.received,
            receipt=self.receipt,
            author_secret=self.author_secret,
            status_url=self.status_url,
        )
        return body.model_dump_json(), headers


@dataclass(frozen=True, slots=True)
class Submissions:
    """Accepts every submission of an app."""

    deps: Deps
    sites: SiteCache
    proof_of_work: ProofOfWork
    ranges: RangeCache
    intake: IntakeGate

    def init_app(self, app: Flask) -> None:
        app.extensions[SUBMISSIONS_EXTENSION] = self

    def submit(self, request: Request, site_id: str, read_body: Callable[[], RequestBody]) -> AcceptedSubmission:
        """Check who sends, parse the body and accept the comment.

        Raises NotFound for the site, Unauthorized, NotAllowed, the errors of `read_body`, and those of `accept`.
        """
        site = self.sites.get_site(site_id)
        trusted = site_access.may_post(site, request, self.deps.settings)
        return self.accept(request, site, parsing.submitted_fields(read_body(), site), trusted)

    def accept(self, request: Request, site: Site, fields: Mapping[str, Any], trusted: bool) -> AcceptedSubmission:
        """Store the comment durably. `fields` come from `submitted_fields`; `trusted`: the site's own server sent them.

        Raises CommentsPaused, IntakePaused, Invalid with every problem, KeyReused, TooMany, Busy or StorageDown.
        """
        if site.paused:
            raise CommentsPaused
        self.intake.check(site.id)
        deps, key = self.deps, idempotency_key(request)
        secret = given_secret(deps.pseudonyms, site, request, deps.settings)
        sender = Sender(check_user(deps, site, request, fields), secret, trusted)
        texts = parsing.checked_texts(fields, site, sender, deps.settings)
        form = self._form_evidence(site, texts, fields.get("content", ""), trusted)
        comment = parsing.new_comment(deps, request, site, texts, form, sender, self.ranges)
        accepted = deps.storage.comments.accept(
            comment, admission(deps, site, parsing.submission_fingerprint(comment, bool(key)), key)
        )
        if accepted.wakeup:
            deps.jobs.enqueue(JUDGE, site.id, accepted.wakeup)
        self._keep_details(request, site, texts, trusted)
        receipt = deps.pseudonyms.receipt(site.id, accepted.id)
        status_url = deps.settings.comment_path(site.id, accepted.id)
        secret = secret or deps.pseudonyms.author_secret(site.id, accepted.id)
        if accepted.repeat:
            comment = deps.storage.comments.get(site.id, accepted.id)
        return AcceptedSubmission(site, comment, receipt, secret, status_url, accepted.repeat)

    def _keep_details(self, request: Request, site: Site, texts: Mapping[str, str], trusted: bool) -> None:
        """Store the thread's title and address. A page of the site may only set what the thread does not have yet."""
        deps, title, url = self.deps, texts[TITLE_FIELD], texts[URL_FIELD]
        origin = request.headers.get("Origin", "")
        if not (title or url) or not (trusted or site_access.is_site_origin(site, origin, request, deps.settings)):
            return
        try:
            entry = AuditEntry(BY_SITE_KEY, AuditAction.THREAD_SET) if trusted else None
            keep_details(deps.storage, site, texts["thread"], title or None, url or None, entry)
        except StorageDown:
            log.warning("could not store the title of a thread", extra={"site": site.id})  # the comment is stored

    def _form_evidence(self, site: Site, texts: Mapping[str, str], content: str, trusted: bool) -> FormEvidence:
        """Check token and proof, which covers `content` as it was sent. The site's own server needs no proof."""
        deps, token = self.deps, texts.get("form_token", "")
        asks_for_proof = site.proof_of_work == "auto" and not trusted
        proof_required = asks_for_proof and self.proof_of_work.required_bits(site, deps.now()) > 0
        if not token and not proof_required:
            return NO_FORM
        check = form_tokens.read_token(deps.pseudonyms, site.id, texts["thread"], token, deps.now())
        proof = form_tokens.proof_verdict(check, token, content, texts.get("form_proof", ""), proof_required)
        return FormEvidence(check.verdict, check.seconds, proof)


def admission(deps: Deps, site: Site, fingerprint: str, key: str = "") -> Admission:
    """Return the limits under which the site accepts a comment or an edit."""
    return Admission(
        fingerprint=fingerprint,
        key=key,
        max_pending=site.max_pending,
        per_minute=site.per_minute,
        bytes_per_hour=site.megabytes_per_hour * 1_000_000,
        batch=deps.settings.batch,
        max_wakeups=deps.settings.judges,
    )


def submissions() -> Submissions:
    """Return the Submissions of the current app."""
    return cast(Submissions, current_app.extensions[SUBMISSIONS_EXTENSION])
