"""Talks: everything that goes over HTTP."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from . import demo
from .accounts import account_pages, sign_in
from .deps import Deps
from .ops import delivery_pages
from .ops import views as ops_views
from .reading import email_links, live_update_views, live_updates, report_views
from .reading import views as reading_views
from .reading.fast_path import Shortcut
from .review import api as review_api
from .review import (
    author_history,
    bulk_pages,
    form_actions,
    notes_api,
    presence,
    presence_api,
    queue_pages,
    source_removal,
)
from .sites import audit_pages, author_rules, members, settings_pages
from .submission import author_views, form_api, wordpress
from .submission import views as submission_views
from .submission.acceptance import Intake
from .submission.fast_path import Lane
from .submission.form_work import Brake
from .submission.wait_slots import Places
from .web import docs_pages, errors
from .web.access_log import AccessLogMiddleware
from .web.response_cache import RenderedPages
from .web.security_headers import Secured
from .web.site_cache import SiteCache
from .widget import views as widget_views

#: What answers requests, each with a blueprint.
PARTS = (
    submission_views,
    reading_views,
    live_update_views,
    form_api,
    author_views,
    report_views,
    widget_views,
    wordpress,
    email_links,
    docs_pages,
    sign_in,
    account_pages,
    author_rules,
    author_history,
    source_removal,
    audit_pages,
    members,
    settings_pages,
    queue_pages,
    form_actions,
    bulk_pages,
    review_api,
    notes_api,
    presence_api,
    ops_views,
    delivery_pages,
)


def create_app(deps: Deps) -> Flask:
    """The web process. Nothing outside `deps` is read and nothing global is kept, so tests can have many."""
    app = Flask(__name__)
    settings = deps.settings
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body
    app.url_map.merge_slashes = False  # a thread's address in a path has two slashes in a row
    deps.install(app)
    sites = SiteCache(deps.storage.sites)
    sites.install(app)
    RenderedPages().install(app)
    live_updates.install(app, deps.storage.threads)
    presence.install(app, deps.storage)
    intake = Intake(deps, Brake(deps.storage.comments), Places(settings.web_threads))
    intake.install(app)
    errors.install(app)
    widget_views.install(app)
    for part in (*PARTS, *((demo,) if settings.demo else ())):
        app.register_blueprint(part.blueprint)
    lane = Lane(app.wsgi_app, sites, intake)
    shortcut = Shortcut(Secured(lane, settings), sites, deps.storage.threads)
    app.wsgi_app = AccessLogMiddleware(shortcut, ops_views.request_counters(app))  # type: ignore[method-assign]
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    return app
