"""WordPress's own pages for its administrator."""

from playwright.sync_api import Page

from tests.support.wordpress import PASSWORD, WordPress


def open_signed_in(page: Page, wordpress: WordPress) -> None:
    page.goto(f"{wordpress.url}/wp-login.php")
    page.get_by_label("Username or Email Address").fill("admin")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log In").click()
    page.wait_for_url("**/wp-admin/**", wait_until="domcontentloaded")  # pictures of other hosts may take long
