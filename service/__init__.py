"""Talks: everything that goes over HTTP."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from . import (
    account,
    api,
    audit_pages,
    bulk_pages,
    delivery_log,
    demo,
    desk_api,
    docs,
    errors,
    following,
    following_api,
    form_api,
    notices,
    ops,
    own_api,
    people,
    reading_api,
    removal,
    reporting_api,
    review,
    review_api,
    room,
    room_api,
    settling,
    sign_in,
    site_settings,
    standings,
    traces,
    widget,
    wordpress,
)
from .brake import Brake
from .deps import Deps
from .headers import Secured
from .intake import Intake
from .lane import Lane
from .metrics import Counted
from .rendered import RenderedPages
from .shortcut import Shortcut
from .sites import SiteCache
from .waiting import Places

#: What answers requests, each with a blueprint.
PARTS = (
    api,
    reading_api,
    following_api,
    form_api,
    own_api,
    reporting_api,
    widget,
    wordpress,
    notices,
    docs,
    sign_in,
    account,
    standings,
    traces,
    removal,
    audit_pages,
    people,
    site_settings,
    review,
    settling,
    bulk_pages,
    review_api,
    desk_api,
    room_api,
    ops,
    delivery_log,
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
    following.install(app, deps.storage.threads)
    room.install(app, deps.storage)
    intake = Intake(deps, Brake(deps.storage.comments), Places(settings.web_threads))
    intake.install(app)
    errors.install(app)
    widget.install(app)
    for part in (*PARTS, *((demo,) if settings.demo else ())):
        app.register_blueprint(part.blueprint)
    lane = Lane(app.wsgi_app, sites, intake)
    shortcut = Shortcut(Secured(lane, settings), sites, deps.storage.threads)
    app.wsgi_app = Counted(shortcut, ops.tally(app))  # type: ignore[method-assign]
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    return app
