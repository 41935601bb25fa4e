"""Moderators paste a text and see the verdict with its reasons. Nothing is stored."""

from dataclasses import replace
from datetime import timedelta

import pytest

from comments.job_queue import JUDGE
from comments.lifecycle import Action
from comments.pseudonyms import Pseudonyms
from comments.settings import Settings
from comments.storage.redis import connect
from service.web.asked_checks import PATIENCE, PER_MINUTE
from tests.support.builders import a_site, accepted, decided, moderated
from tests.support.markup import parse
from tests.support.recorded_jobs import RecordedJobs
from tests.support.web_app import HTML, SignedInClient, WebApp
from workers.deps import Deps, set_deps
from workers.filters import BUILT_IN
from workers.jobs import judge, learn
from workers.judging.policy import build_policy

BOX = "/sites/blog/test"
ADVERT = "Best casino bonus, play now at http://casino-bonus.example.top/win and http://bit.ly/x7y2"


@pytest.fixture
def judged(web_app: WebApp) -> WebApp:
    """A web service whose judge works when a test says so."""
    web_app.storage.sites.put(a_site(moderation="suspicious"))
    policy = build_policy(BUILT_IN, {})
    set_deps(Deps(web_app_settings(web_app), web_app.storage, web_app.clock, RecordedJobs(), BUILT_IN, policy))
    return web_app


def web_app_settings(web_app: WebApp) -> Settings:
    found: Settings = web_app.app.extensions["replygate"].settings
    return found


def ask(moderator: SignedInClient, **fields: str) -> str:
    """Ask for a check and return the address of its page."""
    answer = moderator.client.post(BOX, data={"csrf": moderator.csrf, "content": ADVERT, **fields}, headers=HTML)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"]).removesuffix("#verdict")


def answered(moderator: SignedInClient, **fields: str) -> str:
    address = ask(moderator, **fields)
    judge("blog", "token")
    answer = moderator.client.get(address, headers=HTML)
    assert "Refresh" not in answer.headers
    return answer.text


def sentences(text: str) -> list[str]:
    found = parse(text).iterfind(".//*[@class='why']//li/span[@class='sentence']")
    return ["".join(span.itertext()) for span in found]


def test_the_verdict_has_score_reasons_and_the_smallest_change(judged: WebApp, mo: SignedInClient) -> None:
    text = answered(mo)
    assert "Would need review" in text
    assert "Looks like advertising" in text
    assert "Would be published if it offered nothing to readers" in text
    assert "and the text looked less like advertising." in text
    assert "It links to bit.ly, which hides the real address." in sentences(text)
    assert 'aria-label="' in text
    assert (
        answered(mo, content="The second paragraph is the one I keep coming back to.").count("Would be published<") == 1
    )


def test_the_page_waits_by_itself_and_keeps_what_was_typed(judged: WebApp, mo: SignedInClient) -> None:
    address = ask(mo, author="Ada", thread="/bread")
    waiting = mo.client.get(address, headers=HTML)
    assert waiting.headers["Refresh"] == f"1; url={address.partition('#')[0]}?look=1#verdict"
    again = mo.client.get(f"{address}?look=1", headers=HTML)
    assert again.headers["Refresh"].endswith("?look=2#verdict"), "a browser does not reload the address it shows"
    assert judged.jobs.enqueued[-1] == (JUDGE, "blog")
    assert "The judge is reading the text" in waiting.text
    fields = {f.get("name"): f.get("value") for f in parse(waiting.text).iter("input")}
    assert fields["author"] == "Ada"
    assert str(fields["thread"]).endswith("/bread")
    assert ADVERT in waiting.text


def test_a_judge_that_does_not_answer_is_reported(judged: WebApp, mo: SignedInClient) -> None:
    address = ask(mo)
    judged.clock.advance(PATIENCE + timedelta(seconds=1))
    text = mo.client.get(address, headers=HTML)
    assert "Refresh" not in text.headers
    assert "No judge is running" in text.text
    judged.storage.heartbeats.beat("judge", "one", 60)
    assert "The judge has not answered" in mo.client.get(address, headers=HTML).text


def test_a_judge_that_fails_is_reported(judged: WebApp, mo: SignedInClient) -> None:
    address = ask(mo)
    id = address.rpartition("/")[2].partition("#")[0]
    answer = judged.storage.checks.answer("blog", id)
    judged.storage.checks.put("blog", {id: replace(answer, failed=True)})
    assert "The judge could not finish" in mo.client.get(address, headers=HTML).text


def test_nothing_is_stored_but_the_check(judged: WebApp, mo: SignedInClient, valkey_settings: Settings) -> None:
    comment = accepted(judged.storage, content=ADVERT)
    judge("blog", "token")
    moderated(judged.storage, judged.storage.comments.get("blog", comment.id), Action.SPAM)
    learn("blog", "")
    client = connect(valkey_settings)

    def keys_of_site() -> dict[bytes, object]:
        return {
            key: client.dump(key)
            for key in client.scan_iter("rg:{*")
            if b":check:" not in key and b":claim:" not in key
        }

    before = keys_of_site()
    answered(mo, author="Ada", email="ada@example.org", url="https://ada.example", thread="/bread")
    assert keys_of_site() == before
    assert all(client.ttl(key) > 0 for key in client.scan_iter("rg:*:check:*"))


def test_only_the_person_who_asked_sees_the_answer(judged: WebApp, mo: SignedInClient) -> None:
    address = ask(mo)
    other = judged.signed_in("bo", blog="moderator")
    assert other.client.get(address, headers=HTML).status_code == 404
    assert mo.client.get(BOX + "/unknown", headers=HTML).status_code == 404


def test_viewers_and_strangers_have_no_test_box(judged: WebApp) -> None:
    viewer = judged.signed_in("vi", blog="viewer")
    assert viewer.client.get(BOX, headers=HTML).status_code == 403
    assert judged.anonymous().get(BOX, headers=HTML).status_code in (302, 303, 401)


def test_a_forged_request_asks_nothing(judged: WebApp, mo: SignedInClient) -> None:
    assert mo.client.post(BOX, data={"content": ADVERT}, headers=HTML).status_code == 403
    assert judged.jobs.enqueued == []


@pytest.mark.parametrize(
    ("fields", "problem"),
    [({"content": " "}, "content"), ({"content": "x" * 10_001}, "content"), ({"email": "no address"}, "email")],
)
def test_invalid_fields_are_named(judged: WebApp, mo: SignedInClient, fields: dict[str, str], problem: str) -> None:
    answer = mo.client.post(BOX, data={"csrf": mo.csrf, "content": ADVERT, **fields}, headers=HTML)
    assert answer.status_code == 422
    assert f'id="{problem}-error"' in answer.text


def test_fields_that_the_site_requires_may_be_empty(judged: WebApp, mo: SignedInClient) -> None:
    assert "Field breaks a rule" not in answered(mo, content="Bread and butter, every day.")


def test_many_checks_in_a_minute_are_refused(judged: WebApp, mo: SignedInClient) -> None:
    for _ in range(PER_MINUTE):
        ask(mo)
    answer = mo.client.post(BOX, data={"csrf": mo.csrf, "content": ADVERT}, headers=HTML)
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)
    assert "These are many checks" in answer.text


def test_markup_in_a_text_stays_text(judged: WebApp, mo: SignedInClient) -> None:
    text = answered(mo, content="<script>alert(1)</script> http://bit.ly/x", author='"><script>alert(2)</script>')
    assert "<script>alert" not in text


def test_a_known_author_is_tested_with_their_history(judged: WebApp, mo: SignedInClient) -> None:
    plain = "The second paragraph is the one I keep coming back to, every winter."
    assert "Known author" not in answered(mo, content=plain, email="ada@example.org")
    pseudonyms: Pseudonyms = judged.app.extensions["replygate"].pseudonyms
    identity = pseudonyms.author("ada@example.org")
    known = accepted(judged.storage, email="ada@example.org", email_confirmed=True, identity=identity)
    moderated(judged.storage, decided(judged.storage, known, Action.HOLD), Action.APPROVE)
    assert "Known author" in answered(mo, content=plain, email="ada@example.org")
