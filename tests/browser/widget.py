"""The widget on a page of another origin, and what one does with it."""

from playwright.sync_api import Page

from comments.model import Comment
from tests.browser.conftest import Live
from tests.browser.pages import Website
from tests.support.builders import published

#: The server of these tests ends each stream at once; whoever comes back to a page asks anew.
COME_BACK = "document.dispatchEvent(new Event('visibilitychange'))"


def line(live: Live, **attributes: str) -> str:
    more = "".join(f" {name.replace('_', '-')}='{value}'" for name, value in attributes.items())
    return f'<script async src="{live.url}/widget.js" data-site="demo"{more}></script>'


def a_page(live: Live, website: Website, **about: str) -> str:
    return website.put(line(live), **about)


def reply(live: Live, thread: str, **fields: str) -> Comment:
    """A published one; the wake-up that storage asked for is spent, so that the next submission asks for its own."""
    comment = published(live.storage, site="demo", thread=thread, **fields)
    live.storage.queue.claim("demo", comment.id, 1, 1.0)
    return comment


def write(page: Page, content: str = "A reply", name: str = "Ines", button: str = "Post comment") -> None:
    page.get_by_role("textbox", name="Comment").fill(content)
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("textbox", name="Email").fill("ines@example.org")
    page.get_by_role("button", name=button).click()
