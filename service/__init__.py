"""Serve HTTP: the API, pages for visitors, moderators and operators, and the widget."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from . import demo
from .accounts import account_pages, address_links, notice_pages, person_key_pages, sessions, sign_in, upload_permits
from .checks import checks_api
from .compat import (
    akismet_api,
    coral_phase,
    isso_files,
    isso_reading,
    isso_writing,
    perspective_api,
    perspective_discovery,
)
from .compat.error_forms import PROTOCOL_ERROR_FORMS
from .compat.site_keys import SiteKeyIndex
from .deps import Deps
from .ops import delivery_pages, judging_pages
from .ops import views as ops_views
from .reading import email_links, html_fragment, live_updates, report_pages
from .reading import views as reading_views
from .reading.fast_path import ReadingFastPath
from .review import (
    author_history_pages,
    bulk_pages,
    chat_hooks,
    decision_link_pages,
    form_actions,
    pin_actions,
    presence_api,
    presence_updates,
    proposals_api,
    queue_pages,
    resumed_forms,
    review_api,
    saved_view_pages,
    staff_replies,
    style_page,
    test_box,
    thread_state,
)
from .sites import (
    akismet_pages,
    audit_pages,
    author_rules,
    chat_receiver_pages,
    export_api,
    import_api,
    import_pages,
    members,
    number_pages,
    rule_imports,
    rules_api,
    settings_api,
    settings_pages,
    setup_pages,
    site_deletion_pages,
    site_key_pages,
    subject_pages,
    subjects_api,
    thread_move_pages,
    thread_pages,
    user_keys,
)
from .submission import (
    author_views,
    form_api,
    own_comments,
    preview_api,
    receipts,
    thread_details_api,
    thread_moves_api,
    wordpress,
)
from .submission import views as submission_views
from .submission.acceptance import Submissions
from .submission.form_tokens import ProofOfWork
from .web import docs_pages, errors, navigation, page_addresses, page_elements, page_language, upload_limits
from .web.deferred_answers import DeferredAnswers
from .web.intake import IntakeGate
from .web.public_path import PublicPath
from .web.range_cache import RangeCache
from .web.received_request import ReceivedRequest
from .web.response_cache import ResponseCache
from .web.security_headers import SecurityHeaders
from .web.site_cache import SiteCache
from .web.thread_links import ThreadConverter
from .widget import views as widget_views

#: Modules with a `blueprint`. To add endpoints in a new module, add it to this list.
VIEWS = (
    submission_views,
    reading_views,
    live_updates,
    form_api,
    preview_api,
    thread_details_api,
    thread_moves_api,
    checks_api,
    author_views,
    own_comments,
    receipts,
    report_pages,
    widget_views,
    wordpress,
    email_links,
    docs_pages,
    sign_in,
    account_pages,
    person_key_pages,
    notice_pages,
    address_links,
    author_rules,
    rule_imports,
    rules_api,
    settings_api,
    author_history_pages,
    audit_pages,
    members,
    settings_pages,
    setup_pages,
    site_deletion_pages,
    site_key_pages,
    export_api,
    subject_pages,
    subjects_api,
    chat_receiver_pages,
    thread_pages,
    thread_move_pages,
    import_pages,
    import_api,
    user_keys,
    akismet_pages,
    number_pages,
    queue_pages,
    decision_link_pages,
    chat_hooks,
    saved_view_pages,
    form_actions,
    resumed_forms,
    bulk_pages,
    review_api,
    proposals_api,
    staff_replies,
    thread_state,
    pin_actions,
    test_box,
    presence_api,
    ops_views,
    judging_pages,
    delivery_pages,
    isso_reading,
    isso_writing,
    isso_files,
    akismet_api,
    perspective_api,
    perspective_discovery,
    coral_phase,
)

#: Addresses of pages up to 0.1.0, which people may have bookmarked, and their addresses now.
#: The new ones are relative to the path below which the service is public.
MOVED_PAGES = {"/sites/<site>/standings": "sites/<site>/rules", "/sites/<site>/people": "sites/<site>/team"}


def create_app(deps: Deps) -> Flask:
    """Create the web application. It keeps nothing global, so tests can create many."""
    app, settings = Flask(__name__), deps.settings
    app.ensure_sync = lambda func: func  # type: ignore[method-assign]  # no view is asynchronous
    app.url_map.merge_slashes = False  # an address in a path contains two slashes in a row
    app.url_map.converters["thread"] = ThreadConverter
    deps.init_app(app)
    app.request_class = ReceivedRequest
    upload_limits.limit_request_bodies(app, settings.max_body)
    upload_permits.UploadPermits(app, settings.public_path)
    sites, responses = SiteCache(deps.storage.sites), ResponseCache()
    SiteKeyIndex(deps.storage.sites, deps.pseudonyms).init_app(app)
    live_updates.init_app(app, deps.storage.threads, deps.storage.thread_moves)
    presence_updates.init_presence(app, deps.storage)
    DeferredAnswers(deps.storage.announcements, settings.web_threads).init_app(app)
    proof_of_work, ranges = ProofOfWork(deps.storage.comments), RangeCache(deps.storage.author_rules)
    intake = IntakeGate(deps.storage.intake_pauses)
    submissions = Submissions(deps, sites, proof_of_work, ranges, intake)
    secured = SecurityHeaders(app.wsgi_app, settings)
    reading = ReadingFastPath(secured, sites, deps.storage.threads, responses, public_path=settings.public_path)
    for of_app in (sites, responses, ranges, intake, submissions, reading):
        of_app.init_app(app)
    errors.register_error_handlers(app, PROTOCOL_ERROR_FORMS)
    page_language.register_translations(app)
    page_elements.register_page_elements(app)
    page_addresses.register_page_addresses(app)
    navigation.register_navigation(app, sessions.has_role)
    html_fragment.register_fragment(app)
    widget_views.init_widget(app)
    for module in (*VIEWS, *((demo, style_page) if settings.demo else ())):
        app.register_blueprint(module.blueprint)
    for old, new in MOVED_PAGES.items():
        app.add_url_rule(old, endpoint="moved", methods=["GET"], redirect_to=new)
    app.wsgi_app = ops_views.with_access_log(reading, app)  # type: ignore[method-assign]
    if settings.public_path:
        app.wsgi_app = PublicPath(app.wsgi_app, settings.public_path)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n)  # type: ignore[method-assign]
    return app
