"""Sign a browser in as WordPress's administrator."""

from playwright.sync_api import Page

from tests.support.wordpress import PASSWORD, WordPress


def open_signed_in(page: Page, wordpress: WordPress) -> None:
    """Sign in with a request of the browser, and open the first page of an administrator.

    The script of WordPress's own form moves the focus 200 ms after the page is shown. Text that is typed at that moment
    gets into the other field.
    """
    form = {"log": "admin", "pwd": PASSWORD}
    answer = page.request.post(f"{wordpress.url}/wp-login.php", form=form, max_redirects=0)
    assert answer.status == 302, answer.text()
    page.goto(f"{wordpress.url}/wp-admin/", wait_until="domcontentloaded")  # pictures of other hosts may take long
