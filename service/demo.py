"""Demo website: one article with the widget, and with the plain form and the comments as HTML without scripts.

It uses what every site owner gets: the script, the HTML fragment and the form of the docs.
"""

from flask import Blueprint, render_template

from comments.settings import Settings
from comments.thread_addresses import thread_key

from .deps import deps
from .submission.reply_form import ReplyFormView, new_token
from .web import site_cache
from .web.site_cache import DEMO_SITE

blueprint = Blueprint("demo", __name__, url_prefix="/demo")


@blueprint.get("/")
def article() -> str:
    site, threads = site_cache.get_site(DEMO_SITE), deps().storage.threads
    address = article_address(deps().settings)
    thread = thread_key(address, site)
    (total,) = threads.counts(site.id, [thread])
    return render_template(
        "demo.html",
        site=site,
        address=address,
        thread=thread,
        total=total,
        form=ReplyFormView(site, address, token=new_token(site, thread)),
        closed=threads.is_closed(site.id, thread),
    )


def article_address(settings: Settings) -> str:
    return f"{settings.public_url.rstrip('/')}/demo/"
