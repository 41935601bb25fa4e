"""Put the widget on a page of another origin, and use it."""

from collections.abc import Mapping

from playwright.sync_api import Page, Route

from comments.model import Comment
from tests.browser.conftest import Live
from tests.browser.pages import Website
from tests.support.builders import published

#: Makes the widget ask for changes now. The server of these tests ends each event stream at once.
COME_BACK = "document.dispatchEvent(new Event('visibilitychange'))"


def script_tag(live: Live, **attributes: str) -> str:
    more = "".join(f" {name.replace('_', '-')}='{value}'" for name, value in attributes.items())
    return f'<script async src="{live.url}/widget.js" data-site="demo"{more}></script>'


def a_page(live: Live, website: Website, **about: str) -> str:
    return website.put(script_tag(live), **about)


def reply(live: Live, thread: str, **fields: object) -> Comment:
    """Publish a comment, and take its job from the queue so that the next submission starts its own."""
    comment = published(live.storage, site="demo", thread=thread, **fields)
    live.storage.queue.claim("demo", comment.id, 1, 1.0)
    return comment


def write(page: Page, content: str = "A reply", name: str = "Ines", button: str = "Post comment") -> None:
    page.get_by_role("textbox", name="Comment").fill(content)
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("textbox", name="Email").fill("ines@example.org")
    page.get_by_role("button", name=button).click()


def own_menu(page: Page, item: str) -> None:
    """Choose an item of the menu of the only own comment."""
    page.get_by_role("button", name="Options for your comment").click()
    page.get_by_role("menuitem", name=item).click()


def serve(page: Page, files: Mapping[str, bytes]) -> None:
    """Serve these files of the widget instead of the service's."""

    def fulfill(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        media = "application/json" if name.endswith(".json") else "text/javascript"
        headers = {"Access-Control-Allow-Origin": "*", "Content-Type": media}
        route.fulfill(body=files[name], headers=headers)

    page.route("**/widget*", fulfill)
