"""All routes of the service with the role each needs. A new route that is missing here fails a test."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from werkzeug.test import TestResponse

from comments.audit import AuditAction, AuditEntry
from comments.author_rules import SHARED_RULES, AuthorRule, RuleEffect, RuleTarget
from comments.chat_receivers import ChatKind, ChatReceiver
from comments.lifecycle import Action, Status
from comments.site import Webhook
from comments.storage.deliveries import Delivery
from comments.storage.notes_and_bulks import BulkAction
from tests.support.builders import NOW, a_site
from tests.support.web_app import PASSWORD, SignedInClient, WebApp, held

#: Roles on a site, from none to the highest.
RANKS = ("", "viewer", "assistant", "moderator", "owner")
#: Needed for routes of the deployment: any signed-in account, or an operator.
SIGNED, OPERATOR = "signed in", "operator"

PARAMETER = re.compile(r"<(?:[^<>]*:)?(\w+)>")
#: The id of a bulk action that each site has.
BULK = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Address:
    """`needs` is the lowest role of RANKS, or SIGNED, or OPERATOR. `good` is the status for those who have it.

    In `form` and `json`, "{id}" is replaced with the comment's id and "{site}" with the site's id.
    """

    method: str
    rule: str
    needs: str
    good: int = 200
    form: Mapping[str, Any] | None = None
    json: Any = None
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule}"

    @property
    def of_a_site(self) -> bool:
        return "<site>" in self.rule and self.needs in RANKS

    def ask(self, user: SignedInClient, site: str = "blog", id: str = "", **more: Any) -> TestResponse:
        """Send a valid request with the CSRF token of the signed-in client."""
        names = {"site": site, "id": id, "bulk_id": BULK, "name": "identity-of-ada", "kind": "authors"}
        names |= {"group": "review", "step": "embed"}
        path = PARAMETER.sub(lambda found: names[found[1]], self.rule)
        filled = {"id": id, "site": site}
        if self.json is not None:
            headers = {"X-CSRF-Token": user.csrf, **more.pop("headers", {})}
            return user.client.open(path, method=self.method, json=_fill(self.json, filled), headers=headers, **more)
        data = {"csrf": user.csrf, **_fill(self.form, filled)} if self.form is not None else None
        return user.client.open(path, method=self.method, data=data, query_string=self.query, **more)


def _fill(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _fill(part, names) for key, part in value.items()}
    if isinstance(value, list):
        return [_fill(part, names) for part in value]
    return value.format(**names) if isinstance(value, str) else value


def _get(rule: str, needs: str, good: int = 200, **query: str) -> Address:
    return Address("GET", rule, needs, good, query=query)


def _post(rule: str, needs: str, good: int = 303, **form: Any) -> Address:
    return Address("POST", rule, needs, good, form=form)


def _call(rule: str, needs: str, good: int = 200, **json: Any) -> Address:
    return Address("POST", f"/v1/sites/<site>/review{rule}", needs, good, json=json)


SETTINGS_API = "/v1/sites/<site>/settings"
KEYS_API = "/v1/sites/<site>/user-keys"
PLACE = "/sites/<site>/<any(authors, origins):kind>/<name>"
DELIVERY = Delivery("hook", "one", 1, Status.SPAM, "example.com", NOW, NOW)

#: Routes that need a sign-in.
BEHIND_THE_DOOR = (
    _get("/review", SIGNED),
    _get("/review/all", SIGNED),
    _get("/review/all/bulk", SIGNED, action="spam", author="Nobody"),
    _get("/review/<site>", "viewer"),
    _get("/review/<site>/<id>", "viewer"),
    _post("/review/<site>/<id>", "moderator", version=1, action="approve"),
    _post("/review/<site>/<id>/notes", "moderator", text="look"),
    _post("/review/<site>/<id>/replies", "moderator", content="Thank you.", version=1),
    _post("/review/<site>/<id>/pin", "moderator", 422, version=1, pinned="true"),
    _post("/review/<site>/<id>/thread", "moderator", version=1, closed="true"),
    _post("/review/<site>/views", "viewer", name="Mine", status="spam"),
    _post("/review/<site>/views/changes", "viewer", 404, name="none", step="delete"),
    _get("/review/styles", SIGNED),
    _get("/review/<site>/bulk", "moderator", action="spam"),
    _post("/review/<site>/bulk", "moderator", action="spam", until=2**50),
    _get("/review/<site>/bulk/<bulk_id>", "moderator"),
    _post("/review/<site>/bulk/<bulk_id>", "moderator", step="continue"),
    Address("GET", "/v1/sites/<site>/review/comments", "viewer"),
    Address("GET", "/v1/sites/<site>/review/comments/<id>", "viewer"),
    Address("GET", "/v1/sites/<site>/review/events", "viewer"),
    _call("/comments/<id>/decisions", "moderator", action="approve", version=1),
    _call("/comments/<id>/proposals", "assistant", 201, action="spam", version=1, text="It sells pills."),
    _call("/comments/<id>/undo", "moderator", 422, version=1),
    _call("/comments/<id>/look", "moderator"),
    _call("/comments/<id>/notes", "moderator", 201, text="look"),
    _call("/comments/<id>/replies", "moderator", 201, content="Thank you.", version=1),
    Address("PUT", "/v1/sites/<site>/review/comments/<id>/pin", "moderator", 422, json={"pinned": True}),
    Address("PUT", "/v1/sites/<site>/review/comments/<id>/thread", "moderator", json={"closed": True}),
    _call("/decisions", "moderator", decisions=[{"id": "{id}", "action": "spam", "version": 1}]),
    _call("/bulk", "moderator", action="spam", comments=[{"id": "{id}", "version": 1}]),
    _call("/bulk/<bulk_id>/undo", "moderator"),
    _call("/bulk/<bulk_id>/steps", "moderator", n=1),
    _call("/leave", "moderator", 204),
    _get(PLACE, "viewer"),
    _get(f"{PLACE}/removal", "moderator", 303),
    _post(f"{PLACE}/removal", "moderator"),
    _get("/sites/<site>/rules", "viewer"),
    _post("/sites/<site>/rules", "moderator", kind="term", value="x", effect="ban"),
    _post("/sites/<site>/rules/delete", "moderator", name="origin:kept"),
    _post("/sites/<site>/rules/switch", "moderator", name="origin:kept", to="off"),
    _get("/sites/<site>/rules/new", "moderator"),
    _get("/sites/<site>/rules/export.csv", "viewer"),
    _get("/sites/<site>/rules/import", "moderator"),
    _post("/sites/<site>/rules/import", "moderator", 422),
    _get("/ops/rules", OPERATOR),
    _post("/ops/rules", OPERATOR, kind="term", value="x", effect="ban"),
    _post("/ops/rules/delete", OPERATOR, name="term:kept"),
    _post("/ops/rules/switch", OPERATOR, name="term:kept", to="off"),
    _get("/ops/rules/new", OPERATOR),
    _get("/ops/rules/export.csv", OPERATOR),
    _get("/ops/rules/import", OPERATOR),
    _post("/ops/rules/import", OPERATOR, 422),
    _get("/sites/<site>/test", "moderator"),
    _post("/sites/<site>/test", "moderator", content="A text."),
    _get("/sites/<site>/test/<id>", "moderator", 404),
    _get("/sites/<site>/team", "owner"),
    _post("/sites/<site>/team", "owner", name="new", role="viewer"),
    _post("/sites/<site>/team/assistants", "owner", assistant="helper", password=PASSWORD),
    _post("/sites/<site>/team/keys", "owner", 422, name="viewer of {site}"),
    _post("/sites/<site>/team/keys/revoke", "owner", 422, name="viewer of {site}", key="none"),
    _post("/sites/<site>/team/role", "owner", name="viewer of {site}", role="owner"),
    _post("/sites/<site>/team/link", "owner", name="viewer of {site}"),
    _get("/sites/<site>/notices", "owner"),
    _post("/sites/<site>/notices", "owner", 422, kind="slack"),
    _post("/sites/<site>/notices/test", "owner", id="c1"),
    _post("/sites/<site>/notices/remove", "owner", id="c1"),
    _get("/sites/<site>/settings", "owner"),
    Address("GET", SETTINGS_API, "owner"),
    Address("PATCH", SETTINGS_API, "owner", json={"settings": {"max_links": "3"}}),
    _post("/sites/<site>/settings", "owner", 422),
    _get("/sites/<site>/settings/<group>", "owner"),
    _post("/sites/<site>/settings/<group>", "owner", 422),
    _post("/sites/<site>/settings/<group>/preview", "owner", 422),
    _get("/sites/<site>/export", "owner"),
    _get("/sites/<site>/privacy", "owner"),
    _post("/sites/<site>/privacy/person", "owner", 200, email="nobody@example.org", step="find"),
    _get("/sites/<site>/privacy/receipts/<id>", "owner", 404),
    _get("/sites/<site>/delete", "owner"),
    _post("/sites/<site>/delete", "owner", name="The {site}"),
    _get("/sites/<site>/deleted", "owner", 303),
    _post("/sites/<site>/restore", "owner", 409),
    _get("/setup", OPERATOR),
    _post("/setup", OPERATOR, 422),
    _get("/setup/<site>/<step>", "owner"),
    _post("/setup/<site>/invite", "owner", name="new", role="viewer"),
    _post("/setup/<site>/go", "owner", step="invite"),
    _post("/setup/done", SIGNED),
    _get("/resume", SIGNED, 303),
    _post("/resume", SIGNED, 404),
    _post("/resume/cancel", SIGNED),
    _get("/sites/<site>/threads", "owner"),
    _get("/sites/<site>/threads/one", "owner", thread="post-12"),
    _post("/sites/<site>/threads/details", "owner", thread="post-12", title="Walks"),
    _post("/sites/<site>/threads/state", "owner", thread="post-12", closed="yes"),
    _get("/sites/<site>/threads/moves", "owner"),
    _get("/sites/<site>/import", "owner"),
    _post("/sites/<site>/import", "owner", 303, step="discard"),
    _get("/v1/sites/<site>/import", "owner", 404),
    Address("POST", "/v1/sites/<site>/import", "owner", 422, json={}),  # without a program
    Address("POST", "/v1/sites/<site>/import/start", "owner", 422, json={}),
    Address("DELETE", "/v1/sites/<site>/import", "owner", 204, json={}),
    _post("/sites/<site>/threads/moves", "owner", 200, old="post-12", new="post-13"),
    _get("/sites/<site>/akismet", "owner"),
    _post("/sites/<site>/akismet", "owner", step="rotate", password=PASSWORD),
    _get("/sites/<site>/user-keys", "owner"),
    _get("/sites/<site>/keys", "owner"),
    _post("/sites/<site>/keys", "owner", name="Forum", rights="checks", password=PASSWORD),
    _post("/sites/<site>/keys/revoke", "owner", 404, key="none"),
    _post("/sites/<site>/user-keys", "owner", step="rotate", password=PASSWORD),
    Address("POST", KEYS_API, "owner", json={"step": "rotate", "password": PASSWORD}),
    _get("/sites/<site>/audit", "moderator"),
    _get("/ops/audit", OPERATOR),
    _get("/sites/<site>/numbers", "viewer"),
    _get("/sites/<site>/numbers.csv", "viewer"),
    _get("/ops/numbers", OPERATOR),
    _get("/ops/numbers.csv", OPERATOR),
    _post("/sites/<site>/audit/export", "owner", 200),
    _get("/audit", OPERATOR),
    _post("/audit/export", OPERATOR, 200),
    _get("/ops", OPERATOR),
    _get("/ops/figures", OPERATOR),
    _get("/metrics", OPERATOR),
    _get("/ops/judging", OPERATOR),
    _post("/ops/judging/pause", OPERATOR, site="*"),
    _post("/ops/judging/resume", OPERATOR, site="*"),
    _post("/ops/judging/refuse", OPERATOR, site="*"),
    _post("/ops/judging/accept", OPERATOR, site="*"),
    _post("/ops/judging/<site>/new-comments", OPERATOR, to="accept"),
    _post("/ops/judging/<site>/retry", OPERATOR),
    _post("/ops/judging/<site>/<id>/retry", OPERATOR, 404),
    _post("/ops/judging/<site>/<id>/hold", OPERATOR, 404),
    _get("/ops/deliveries", OPERATOR),
    _post("/ops/deliveries/<site>/<id>/replay", OPERATOR),
    _get("/account", SIGNED),
    _post("/account", SIGNED, 422),
    _post("/account/name", SIGNED, display_name="Ines"),
    _get("/account/notices", SIGNED),
    _post("/account/notices", SIGNED, 404, site="no-such-site"),
    _post("/account/notices/address", SIGNED, email=""),
    _post("/account/notices/code", SIGNED),
    _post("/account/notices/unlink", SIGNED, user="slack:T1:U1"),
    _post("/account/sessions", SIGNED),
    _get("/account/keys", SIGNED),
    _post("/account/keys", SIGNED, 422),
    _post("/account/keys/revoke", SIGNED, 404, key="none"),
    _get("/account/codes", SIGNED),
    _post("/account/codes/begin", SIGNED),
    _post("/account/codes", SIGNED, 422),
    _post("/account/codes/off", SIGNED, 422),
    _post("/sign-out", SIGNED),
)

#: Public routes by their prefix, each with the tests that cover it.
OPEN = {
    "/static/": "files",
    "/healthz": "test_ops",
    "/readyz": "test_ops",
    "/docs": "test_openapi",
    "/openapi.json": "test_openapi",
    "/widget": "test_script",
    "/v1/widget.json": "test_script",
    "/demo/": "test_demo",
    "/sign-in": "test_auth",
    "/link/": "test_auth",
    "/sites/<site>/standings": "test_members: redirects bookmarks, shows nothing",
    "/sites/<site>/people": "test_members: redirects bookmarks, shows nothing",
    "/notices/": "test_notices: needs the token",
    "/account/notices/confirm/": "test_notice_pages: needs the token",
    "/account/notices/stop/": "test_notice_pages: needs the token",
    "/sites/<site>/decide/": "test_decision_links: needs the token",
    "/1.1/": "test_akismet_*: needs a key",
    "/1.2/": "test_akismet_*: needs a key",
    "/k/<key>/": "test_akismet_*: needs a key",
    "/hooks/": "test_chat_hooks: needs the signature",
    "/isso/<site>/": "test_isso_*: published, own by the cookie with the receipt",
    "/v1alpha1/": "test_perspective_*: needs a site key",
    "/$discovery/": "test_perspective_suggestions",
    "/v1/sites/<site>/": "test_readers, test_reporting, test_api_*: published, own by receipt, threads by key",
}


def is_open(rule: str) -> bool:
    reviewing = rule.startswith(("/v1/sites/<site>/review/", "/v1/sites/<site>/import", KEYS_API, SETTINGS_API))
    return rule == "/" or (not reviewing and any(rule.startswith(start) for start in OPEN))


def fill_sites(web_app: WebApp) -> dict[str, str]:
    """Create data of each kind on both sites. Return the id of each site's comment."""
    ids = {}
    kept = AuthorRule(RuleTarget.TERM, "kept", RuleEffect.BAN, "mo", NOW)
    web_app.storage.author_rules.put(SHARED_RULES, kept, AuditEntry("mo", AuditAction.RULE_SET, kept.name))
    for site in ("blog", "shop"):
        comment = held(web_app.storage, site=site)
        ids[site] = comment.id
        held(web_app.storage, site=site, thread="post-12", content="On another page.")
        kept = AuthorRule(RuleTarget.ORIGIN, "kept", RuleEffect.BAN, "mo", NOW)
        web_app.storage.author_rules.put(site, kept, AuditEntry("mo", AuditAction.RULE_SET, kept.name, site=site))
        web_app.storage.bulks.create(site, replace(STEP, id=BULK), [(comment.id, comment.version)])
        web_app.storage.sites.put(
            a_site(
                id=site,
                name=f"The {site}",
                webhooks=(Webhook("hook", "https://example.com", NOW, ("k",)),),
                chat_receivers=(ChatReceiver("c1", ChatKind.SLACK, "#mods", NOW, "https://example.com"),),
            )
        )
        web_app.storage.deliveries.enqueue(site, "hook", [replace(DELIVERY, comment=comment.id)])
        web_app.add_account(f"viewer of {site}", **{site: "viewer"})
    return ids


STEP = BulkAction(BULK, Action.SPAM, "mo", NOW - timedelta(minutes=1))


def state(web_app: WebApp, site: str) -> tuple[object, ...]:
    """Return all data of a site that a signed-in account may change."""
    comments = [c for status in Status for c in web_app.storage.comments.by_status(site, status, 9).rows]
    return (
        comments,
        web_app.storage.notes.of(site, [c.id for c in comments]),
        web_app.storage.presence.viewers(site),
        web_app.storage.bulks.progress(site, BULK),
        web_app.storage.author_rules.all(site),
        web_app.storage.sites.get(site),
        [p for p in web_app.storage.people.all() if site in p.roles],
        web_app.storage.deliveries.recent(site, 9),
        list(web_app.storage.audit.all(site)),
    )
