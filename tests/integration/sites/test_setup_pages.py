"""The first run in the browser: from the sign-in link to a site of one's own."""

import pytest

from comments.audit import AuditAction
from tests.support.builders import a_site, settings
from tests.support.markup import parse
from tests.support.web_app import HTML, SignedInClient, WebApp, audit_log, csrf_of, open_web_app, page


@pytest.fixture
def operator(web_app: WebApp) -> SignedInClient:
    web_app.storage.sites.put(a_site(id="demo", name="Demo"))
    return web_app.signed_in("admin", operator=True, demo="owner")


def create(user: SignedInClient, name: str = "My blog", address: str = "blog.example") -> str:
    answer = user.post_form("/setup", name=name, address=address)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_the_sign_in_link_of_a_new_operator_leads_to_the_setup(web_app: WebApp, operator: SignedInClient) -> None:
    assert operator.client.post(web_app.link("admin")).location == "/setup"
    create(SignedInClient(operator.client, csrf_of(operator.client)))
    assert operator.client.post(web_app.link("admin")).location == "/review"


def test_a_site_is_created_with_a_corrected_address_and_belongs_to_its_creator(
    web_app: WebApp, operator: SignedInClient
) -> None:
    location = create(operator)
    assert location == "/setup/my-blog/embed?corrected=1"
    site = web_app.storage.sites.get("my-blog")
    assert (site.name, site.origins, site.moderation) == ("My blog", ("https://blog.example",), "unsure")
    assert web_app.storage.people.get("admin").roles == {"demo": "owner", "my-blog": "owner"}
    assert audit_log(web_app, "my-blog") == [
        ("admin", AuditAction.SITE_ADD, "my-blog"),
        ("admin", AuditAction.PERSON_ROLE, "admin"),
    ]
    text = page(operator, location)
    assert "Comments are accepted from https://blog.example." in text
    line = parse(text).find(".//textarea[@id='embed']").text.strip()
    assert line == '<script async src="http://127.0.0.1:8000/widget.js" data-site="my-blog"></script>'


def test_wrong_fields_are_all_named_and_keep_what_was_typed(web_app: WebApp, operator: SignedInClient) -> None:
    answer = operator.post_form("/setup", name="", address="htps://blog.example")
    assert answer.status_code == 422
    root = parse(answer.text)
    assert [e.get("name") for e in root.iter() if e.get("aria-invalid") == "true"] == ["name", "address"]
    assert [e.get("name") for e in root.iter() if "autofocus" in e.attrib] == ["name"]
    assert root.find(".//input[@name='address']").get("value") == "htps://blog.example"
    assert "for example https://blog.example" in answer.text


def test_the_setup_goes_on_where_it_was_left(operator: SignedInClient) -> None:
    create(operator)
    assert operator.post_form("/setup/my-blog/go", step="invite").location == "/setup/my-blog/invite"
    assert operator.get("/setup", headers=HTML).location == "/setup/my-blog/invite"
    assert "Create site" in page(operator, "/setup?new=")


def test_people_are_invited_in_the_setup(web_app: WebApp, operator: SignedInClient) -> None:
    create(operator)
    answer = operator.submit("/setup/my-blog/invite", name="ines", role="moderator")
    assert "/link/" in parse(answer.text).find(".//input[@id='link']").get("value")
    assert web_app.storage.people.get("ines").roles == {"my-blog": "moderator"}
    again = operator.submit("/setup/my-blog/invite", name="ines", role="moderator")
    assert (again.status_code, "is in use" in again.text) == (422, True)


def test_the_last_step_shows_the_widget_of_the_new_site_and_ends_the_setup(
    web_app: WebApp, operator: SignedInClient
) -> None:
    create(operator)
    root = parse(page(operator, "/setup/my-blog/try"))
    assert root.find(".//script[@src='/widget.js']").get("data-site") == "my-blog"
    assert operator.post_form("/setup/done", site="my-blog").location == "/review/my-blog"
    assert web_app.storage.people.get("admin").setup == "done"


def test_the_setup_can_be_dismissed(operator: SignedInClient) -> None:
    assert "Set up your own site." in page(operator, "/review")
    assert operator.post_form("/setup/done").location == "/review"
    text = page(operator, "/review")
    assert "Set up your own site." not in text
    assert "New site" in text


def test_only_operators_create_sites_unless_owners_may(web_app: WebApp, owner: SignedInClient) -> None:
    assert owner.get("/setup").status_code == 404
    assert owner.post_form("/setup", name="Mine", address="mine.example").status_code == 404
    assert "New site" not in page(owner, "/review")
    allowed = open_web_app(web_app.storage, settings(owners_create_sites=True))
    create(allowed.signed_in("ann", blog="owner"), "Mine", "mine.example")
    assert allowed.storage.people.get("ann").roles["mine"] == "owner"


def test_two_sites_of_one_name_get_two_ids(web_app: WebApp, operator: SignedInClient) -> None:
    create(operator)
    assert create(operator).startswith("/setup/my-blog-2/")
