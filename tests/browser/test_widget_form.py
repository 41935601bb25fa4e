"""The widget's form and menu: collapsed until it is used, what it remembers, preview, signed-in readers."""

import pytest
from playwright.sync_api import Page, expect

from comments.lifecycle import Action, Status
from tests.browser.conftest import Desktop, Live
from tests.browser.pages import Website
from tests.browser.test_accessibility import violations
from tests.browser.widget import a_page, own_menu, reply, script_tag, write
from tests.support.builders import a_site, moderated
from tests.support.user_tokens import user_token

REMEMBER = "Save my name, email, and website in this browser for the next time I comment."
FOCUSED = "document.querySelector('replygate-comments').shadowRoot.activeElement.{}"


def test_the_form_is_one_line_until_it_is_used(desktop: Desktop, live: Live, website: Website) -> None:
    page = desktop.open()
    page.goto(a_page(live, website))
    box = page.get_by_role("textbox", name="Comment")
    expect(box).to_have_attribute("placeholder", "Leave a Reply")
    expect(page.get_by_role("textbox")).to_have_count(1)
    expect(page.get_by_role("button", name="Post comment")).to_be_hidden()
    page.keyboard.press("Tab")
    expect(box).to_be_focused()
    expect(page.get_by_text("Your email address will not be published. Required fields are marked *")).to_be_visible()
    page.keyboard.type("Typed at once")
    expect(box).to_have_value("Typed at once")
    expect(page.get_by_role("textbox")).to_have_count(4)
    expect(page.get_by_role("heading", name="Leave a Reply")).to_be_visible()


def test_the_form_is_one_line_again_after_sending(desktop: Desktop, live: Live, website: Website) -> None:
    page = desktop.open()
    page.goto(a_page(live, website))
    write(page, "Sent")
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("button", name="Post comment")).to_be_hidden()


def test_name_and_email_are_remembered_only_if_the_visitor_asks(desktop: Desktop, live: Live, website: Website) -> None:
    for path in ("/one", "/two", "/three", "/four"):
        website.put(script_tag(live), path)
    page = desktop.open()
    page.goto(f"{website.url}/one")
    write(page, "Not remembered")
    expect(page.get_by_role("article")).to_have_count(1)
    page.goto(f"{website.url}/two")
    page.get_by_role("textbox", name="Comment").focus()
    expect(page.get_by_role("textbox", name="Name")).to_have_value("")
    page.get_by_role("checkbox", name=REMEMBER).check()
    write(page, "Remembered")
    expect(page.get_by_role("article")).to_have_count(1)
    page.goto(f"{website.url}/three")
    page.get_by_role("textbox", name="Comment").focus()
    expect(page.get_by_role("textbox", name="Name")).to_have_value("Ines")
    expect(page.get_by_role("textbox", name="Email")).to_have_value("ines@example.org")
    page.get_by_role("checkbox", name=REMEMBER).uncheck()
    write(page, "Forgotten")
    expect(page.get_by_role("article")).to_have_count(1)
    page.goto(f"{website.url}/four")
    page.get_by_role("textbox", name="Comment").focus()
    expect(page.get_by_role("textbox", name="Name")).to_have_value("")
    assert "ines@example.org" not in page.evaluate("JSON.stringify(localStorage)")


def test_empty_fields_are_named_in_the_language_of_the_page(desktop: Desktop, live: Live, website: Website) -> None:
    thread = a_page(live, website, lang="de")
    page = desktop.open(locale="en-US")
    page.goto(thread)
    page.locator("textarea").fill("Etwas")
    page.locator("#email").fill("niemand")
    page.get_by_role("button", name="Kommentar abschicken").click()
    expect(page.locator("#author-problem")).to_have_text("Bitte füllen Sie dieses Feld aus.")
    expect(page.locator("#author")).to_be_focused()
    expect(page.locator("#email-problem")).to_have_text("Bitte geben Sie eine gültige E-Mail-Adresse ein.")
    expect(page.locator("#content-problem")).to_be_empty()
    page.locator("#author").fill("Ines")
    page.locator("#email").fill("ines@example.org")
    page.get_by_role("button", name="Kommentar abschicken").click()
    expect(page.get_by_role("article").get_by_text("Etwas")).to_be_visible()


def test_the_answers_of_the_server_are_in_the_language_of_the_page(
    desktop: Desktop, live: Live, website: Website
) -> None:
    page = desktop.open()
    page.route("**/events?*", lambda route: route.abort())  # the editor would go with the comment that is removed
    page.goto(a_page(live, website, lang="de"))
    page.locator("textarea").fill("Zu viele Zeichen: e" + "\u0301" * 40)
    page.locator("#author").fill("Ines")
    page.locator("#email").fill("ines@example.org")
    page.get_by_role("button", name="Kommentar abschicken").click()
    expect(page.locator("#content-problem")).to_have_text("Dieser Text hat zu viele Zeichen auf einem Buchstaben.")
    page.locator("textarea").fill("Jetzt ohne")
    page.get_by_role("button", name="Kommentar abschicken").click()
    page.locator("article [aria-haspopup=menu]").click()
    page.get_by_role("menuitem").first.click()
    editor = page.get_by_role("article").locator("form")
    editor.locator("textarea").fill("")
    editor.get_by_role("button", name="Speichern").click()
    expect(editor.get_by_role("alert")).to_have_text("Bitte füllen Sie dieses Feld aus.")
    editor.locator("textarea").fill("Geändert")
    moderated(live.storage, live.one(Status.APPROVED), Action.REMOVE)
    editor.get_by_role("button", name="Speichern").click()
    expect(editor.get_by_role("alert")).to_have_text("Nicht möglich")


def test_a_page_with_an_address_that_is_too_long_says_so_and_has_no_form(
    desktop: Desktop, live: Live, website: Website
) -> None:
    page = desktop.open()
    page.goto(a_page(live, website, path=f"/{'long' * 150}"))
    problem = "The address of this page is too long for comments. Please tell the owner of the site."
    expect(page.get_by_role("heading", name=problem)).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_count(0)
    expect(page.get_by_text("Comments could not be loaded")).to_have_count(0)
    expect(page.get_by_text("No comments yet")).to_be_hidden()
    assert violations(page) == []


def test_the_server_renders_the_preview(desktop: Desktop, live: Live, website: Website) -> None:
    page = desktop.open()
    page.goto(a_page(live, website))
    page.get_by_role("textbox", name="Comment").fill("I *enjoyed* this. <b>So</b> `much`.")
    page.get_by_role("button", name="Preview").click()
    preview = page.get_by_role("region", name="Preview")
    expect(preview.locator("em")).to_have_text("enjoyed")
    expect(preview).to_contain_text("<b>So</b> much")
    expect(page.get_by_role("button", name="Preview")).to_have_attribute("aria-pressed", "true")
    assert violations(page) == []
    page.get_by_role("button", name="Write").click()
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("I *enjoyed* this. <b>So</b> `much`.")
    expect(page.get_by_role("textbox", name="Comment")).to_be_focused()
    assert live.storage.comments.counters("demo").accepted == 0


def test_a_part_that_cannot_be_loaded_says_so(desktop: Desktop, live: Live, website: Website) -> None:
    page = desktop.open()
    page.route("**/widget-preview-*", lambda route: route.abort())
    page.goto(a_page(live, website))
    page.get_by_role("textbox", name="Comment").fill("Hello")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("alert")).to_contain_text("Please reload the page")
    page.unroute("**/widget-preview-*")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="Preview")).to_have_text("Hello")


def test_a_changed_part_is_not_run(desktop: Desktop, live: Live, website: Website) -> None:
    """The browser checks the hash that the script has of each part."""
    page = desktop.open()

    def tamper(route) -> None:  # type: ignore[no-untyped-def]
        response = route.fetch()
        route.fulfill(response=response, body=response.text() + "\nwindow.tampered = true;")

    page.route("**/widget-preview-*", tamper)
    page.goto(a_page(live, website))
    page.get_by_role("textbox", name="Comment").fill("Hello")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("alert")).to_contain_text("Please reload the page")
    assert page.evaluate("window.tampered") is None


SET_TOKEN = "token => document.querySelector('replygate-comments').setAttribute('user-token', token)"


def signed_site(live: Live, website: Website, moderation: str = "suspicious") -> None:
    site = a_site(id="demo", origins=(website.url,), per_minute=0, moderation=moderation, user_keys=("k1",))
    live.storage.sites.put(site)


def test_a_signed_in_reader_needs_no_name_and_email(desktop: Desktop, live: Live, website: Website) -> None:
    signed_site(live, website)
    page = desktop.open()
    page.goto(a_page(live, website))
    box = page.get_by_role("textbox", name="Comment")
    box.fill("Written before")
    token = user_token("demo", name="Zoë")
    page.evaluate(SET_TOKEN, token)
    expect(page.get_by_text("Signed in as Zoë")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_count(1)
    page.keyboard.type(" and after")
    expect(box).to_have_value("Written before and after")
    with page.expect_request(lambda request: request.method == "POST" and "/comments" in request.url) as sent:
        page.get_by_role("button", name="Post comment").click()
    assert sent.value.headers["replygate-user"] == token
    assert set(sent.value.post_data_json) >= {"thread", "content"}
    assert not {"author", "email", "url"} & set(sent.value.post_data_json)
    expect(page.get_by_role("article").get_by_role("img", name="Verified")).to_be_visible()
    page.evaluate("document.querySelector('replygate-comments').removeAttribute('user-token')")
    box.focus()
    expect(page.get_by_role("textbox", name="Email")).to_be_visible()


def test_an_expired_token_counts_as_none(desktop: Desktop, live: Live, website: Website) -> None:
    page = desktop.open()
    page.goto(website.put(script_tag(live, data_user_token=user_token("demo", exp=1))))
    page.get_by_role("textbox", name="Comment").focus()
    expect(page.get_by_role("textbox", name="Email")).to_be_visible()


def test_a_signed_in_reader_finds_and_edits_their_comments_on_another_device(
    desktop: Desktop, live: Live, website: Website
) -> None:
    signed_site(live, website, moderation="all")
    thread = a_page(live, website)
    first, second = desktop.open(), desktop.open()
    for page in (first, second):
        page.goto(thread)
        expect(page.get_by_role("heading", name="No comments yet")).to_be_visible()
        page.evaluate(SET_TOKEN, user_token("demo", name="Zoë"))
        if page is first:
            page.get_by_role("textbox", name="Comment").fill("From the first device")
            page.get_by_role("button", name="Post comment").click()
        expect(page.get_by_text("Pending, only you can see it")).to_be_visible()
    own_menu(second, "Edit")
    second.get_by_role("article").get_by_role("textbox", name="Comment").fill("From the second device")
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_text("From the second device")).to_be_visible()
    assert live.one(Status.HELD).content == "From the second device"
    assert "second device" not in second.evaluate("JSON.stringify(localStorage)")
    second.evaluate("document.querySelector('replygate-comments').removeAttribute('user-token')")
    expect(second.get_by_text("From the second device")).to_have_count(0)


def with_own_comment(desktop: Desktop, live: Live, website: Website) -> Page:
    page = desktop.open()
    page.goto(a_page(live, website))
    write(page, "Mine")
    expect(page.get_by_role("button", name="Options for your comment")).to_be_visible()
    return page


def test_the_menu_of_an_own_comment_works_by_keyboard(desktop: Desktop, live: Live, website: Website) -> None:
    page = with_own_comment(desktop, live, website)
    opener = page.get_by_role("button", name="Options for your comment")
    opener.focus()
    page.keyboard.press("Enter")
    edit, withdraw = page.get_by_role("menuitem", name="Edit"), page.get_by_role("menuitem", name="Withdraw")
    expect(edit).to_be_focused()
    expect(edit).to_contain_text("minutes left")
    expect(opener).to_have_attribute("aria-expanded", "true")
    assert violations(page) == []
    for key, item in (("ArrowDown", withdraw), ("ArrowDown", edit), ("ArrowUp", withdraw), ("Home", edit)):
        page.keyboard.press(key)
        expect(item).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(opener).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(edit).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("article").get_by_role("textbox", name="Comment")).to_be_focused()


@pytest.mark.parametrize("width", [1100, 390])
@pytest.mark.parametrize("lang", ["en", "de", "he"])
def test_each_item_of_the_menu_is_one_line(
    desktop: Desktop, live: Live, website: Website, lang: str, width: int
) -> None:
    page = desktop.open(width=width)
    page.goto(a_page(live, website, lang=lang))
    for field, text in (("#content", "Mine"), ("#author", "Ines"), ("#email", "ines@example.org")):
        page.locator(field).fill(text)
    page.locator("button[part=button]").click()
    page.locator("article [aria-haspopup=menu]").click()
    expect(page.get_by_role("menuitem")).to_have_count(2)
    heights = page.get_by_role("menuitem").evaluate_all("all => all.map((item) => item.offsetHeight)")
    assert heights[0] == heights[1]
    box = page.get_by_role("menu").bounding_box()
    assert 0 <= box["x"] <= box["x"] + box["width"] <= width


def test_a_click_elsewhere_closes_the_menu(desktop: Desktop, live: Live, website: Website) -> None:
    page = with_own_comment(desktop, live, website)
    page.get_by_role("button", name="Options for your comment").click()
    expect(page.get_by_role("menu")).to_be_visible()
    page.get_by_role("heading", name="An article").click()
    expect(page.get_by_role("menu")).to_have_count(0)


def test_focus_stays_while_the_list_is_drawn_again(desktop: Desktop, live: Live, website: Website) -> None:
    thread = a_page(live, website)
    ada = reply(live, thread, author="Ada", content="First")
    page = desktop.open()
    with page.expect_request("**/events?*"):
        page.goto(thread)
    reply(live, thread, author="Bo", content="An answer", parent=ada.id)
    page.get_by_role("button", name="Reply to Ada").focus()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    button = page.get_by_role("button", name="Show 1 new comment")
    expect(button).to_be_visible()
    assert page.evaluate(FOCUSED.format("ariaLabel")) == "Reply to Ada"
    button.evaluate("button => button.onclick()")
    expect(page.get_by_text("An answer")).to_be_visible()


def test_a_form_in_a_reply_keeps_its_place_and_text_while_new_comments_arrive(
    desktop: Desktop, live: Live, website: Website
) -> None:
    thread = a_page(live, website)
    reply(live, thread, author="Ada", content="First")
    page = desktop.open()
    page.goto(thread)
    page.get_by_role("button", name="Reply to Ada").click()
    page.keyboard.type("Half ")
    reply(live, thread, author="Bo", content="Second")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("button", name="Show 1 new comment")).to_be_visible()
    page.keyboard.type("a sentence")
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("Half a sentence")


def test_the_receipt_of_a_withdrawn_comment_is_forgotten(desktop: Desktop, live: Live, website: Website) -> None:
    page = with_own_comment(desktop, live, website)
    own_menu(page, "Withdraw")
    page.get_by_role("menuitem", name="Withdraw permanently?").click()
    expect(page.get_by_role("article")).to_have_count(0)
    assert "receipt" not in page.evaluate("JSON.stringify(localStorage)")
