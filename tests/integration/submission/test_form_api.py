"""Form evidence is stored with a comment, but never the token itself."""

from datetime import UTC, datetime, timedelta

import pytest

from comments.model import Comment
from comments.pseudonyms import token_digest
from comments.site import SiteKey
from comments.storage.interfaces import Storage
from service.submission.form_tokens import is_proof, issue_token
from tests.integration.submission.test_form_pages import inputs
from tests.support.builders import a_comment, a_site, an_admission
from tests.support.public_app import HTML, SUBMIT, PublicApp, a_reply, open_public_app

KEY = "rgk_k1_" + "s" * 40
SITE = a_site(proof_of_work="auto", per_minute=0, keys=(SiteKey("k1", token_digest(KEY)),))


@pytest.fixture
def web(storage: Storage) -> PublicApp:
    return open_public_app(storage, SITE, demo=False)


def a_form(web: PublicApp, thread: str = "first-post") -> dict[str, object]:
    return dict(web.client.get("/v1/sites/blog/form", query_string={"thread": thread}).json)


def kept(web: PublicApp, headers: dict[str, str] | None = None, **sent: str) -> Comment:
    answer = web.client.post(SUBMIT, json=a_reply(**sent), headers=headers)
    assert answer.status_code == 202, answer.text
    return web.comment(answer.json["id"])


def facts(comment: Comment) -> tuple[str, int, str]:
    return comment.form_token, comment.form_seconds, comment.form_proof


def flood(web: PublicApp) -> None:
    for n in range(61):
        web.storage.comments.accept(a_comment(received=datetime.now(UTC), origin=f"{n}"), an_admission())


def test_a_comment_without_a_form_has_no_form_evidence(web: PublicApp) -> None:
    assert facts(kept(web)) == ("", -1, "")


def test_a_form_token_records_the_seconds_until_sending(web: PublicApp) -> None:
    assert facts(kept(web, form_token=str(a_form(web)["token"]))) == ("valid", 0, "")
    earlier = issue_token(web.pseudonyms, "blog", "first-post", datetime.now(UTC) - timedelta(seconds=50))
    assert facts(kept(web, form_token=earlier, content="Another")) == ("valid", 50, "")


def test_a_token_of_another_page_is_invalid(web: PublicApp) -> None:
    assert facts(kept(web, form_token=str(a_form(web, "other")["token"]))) == ("invalid", -1, "")


def test_the_same_page_may_be_written_in_two_ways(web: PublicApp) -> None:
    token = str(a_form(web, "HTTPS://Blog.example/post#comments")["token"])
    assert kept(web, form_token=token, thread="https://blog.example/post").form_token == "valid"


def test_a_flooded_site_requires_work_and_records_missing_proofs(web: PublicApp) -> None:
    flood(web)
    form = a_form(web)
    assert form["proof_bits"] == 16
    token, text = str(form["token"]), "Worth the work."
    number = next(str(n) for n in range(2**24) if is_proof(token, text, str(n), 16))
    assert kept(web, form_token=token, form_proof=number, content=text).form_proof == "valid"
    assert kept(web, form_token=token, form_proof=number, content="Another text").form_proof == "missing"
    assert kept(web, content="No work at all").form_proof == "missing"
    old = issue_token(web.pseudonyms, "blog", "first-post", datetime.now(UTC))
    assert kept(web, form_token=old, form_proof="1", content="Shown before the flood").form_proof == "missing"


def test_the_sites_server_needs_no_proof_of_work(web: PublicApp) -> None:
    flood(web)
    assert kept(web, {"Authorization": f"Bearer {KEY}"}).form_proof == ""


def test_a_form_shown_again_keeps_its_first_token(web: PublicApp) -> None:
    earlier = issue_token(web.pseudonyms, "blog", "first-post", datetime.now(UTC) - timedelta(seconds=50))
    page = web.client.post(SUBMIT, data=a_reply(author="", form_token=earlier), headers=HTML).text
    assert inputs(page)["form_token"] == earlier
    page = web.client.post(SUBMIT, data=a_reply(author="", form_token="made up"), headers=HTML).text
    again = inputs(page)
    assert web.client.post(SUBMIT, data=again | {"author": "Ada"}, headers=HTML).status_code == 303
    (comment,) = web.storage.comments.load("blog", [job[2] for job in web.jobs.jobs])
    assert comment is not None
    assert comment.form_token == "valid"


def test_nothing_of_a_token_is_stored(web: PublicApp) -> None:
    token = str(a_form(web)["token"])
    assert token not in repr(kept(web, form_token=token, form_proof="123456789"))
    assert "123456789" not in repr(kept(web, form_token=token, form_proof="123456789"))


@pytest.mark.parametrize("field", ["form_token", "form_proof"])
def test_form_fields_must_be_text(web: PublicApp, field: str) -> None:
    assert web.client.post(SUBMIT, json=a_reply(**{field: 7})).status_code == 422


@pytest.mark.parametrize("field", ["form_seconds"])
def test_form_evidence_cannot_be_submitted(web: PublicApp, field: str) -> None:
    assert web.client.post(SUBMIT, json=a_reply(**{field: 7})).status_code == 422
