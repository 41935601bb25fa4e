"""The preview of a change of settings: what the filters would have done with the latest comments."""

import re

import pytest

from comments.job_queue import JUDGE
from comments.lifecycle import Status
from comments.storage.interfaces import Storage
from tests.integration.sites.test_settings_pages import form_of
from tests.support.builders import a_site, accepted, settings
from tests.support.markup import parse
from tests.support.recorded_jobs import RecordedJobs
from tests.support.web_app import SignedInClient, WebApp, page
from workers.deps import Deps, now, set_deps
from workers.filters import BUILT_IN
from workers.jobs import judge
from workers.judging.policy import build_policy

ADDRESS = "/sites/blog/settings/words"


@pytest.fixture
def judged(web_app: WebApp) -> Storage:
    """Two comments that the filters published, one of which is about zeppelins."""
    storage = web_app.storage
    storage.sites.put(a_site(per_minute=0, moderation="suspicious", audit_share=0.0))
    set_deps(Deps(settings(), storage, now, RecordedJobs(), BUILT_IN, build_policy(BUILT_IN, {})))
    for text in ("I have never seen a zeppelin over this town.", "The essay about tides was worth the evening."):
        accepted(storage, content=text)
        judge("blog", "token")
    assert len(storage.comments.by_status("blog", Status.APPROVED, 10).rows) == 2
    return storage


def ask(owner: SignedInClient, **typed: str) -> str:
    answer = owner.client.post(f"{ADDRESS}/preview", data=form_of(page(owner, ADDRESS)) | typed)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def work(web_app: WebApp, location: str) -> None:
    """Run the jobs that the preview asked for, as the judge does."""
    assert {job for job, _ in web_app.jobs.enqueued} <= {JUDGE}
    assert len(re.search(r"preview=([^#]+)", location)[1].split(".")) == 2
    judge("blog", "token")


def test_the_counts_and_the_changed_comments_are_shown_and_nothing_is_saved(
    web_app: WebApp, owner: SignedInClient, judged: Storage
) -> None:
    location = ask(owner, hold_words="zeppelin")
    assert 'http-equiv="refresh"' in page(owner, location)
    work(web_app, location)
    root = parse(page(owner, location))
    counts = {row.find("dt").text: "".join(row.find("dd").itertext()) for row in root.iterfind(".//dl/div")}
    assert counts == {"Published": "2 → 1 (-1)", "Needs review": "0 → 1 (+1)", "Spam": "0 → 0"}
    (changed,) = root.findall(".//ul[@class='changed']/li")
    assert "zeppelin" in "".join(changed.itertext())
    assert judged.sites.get("blog").hold_words == ()
    assert root.find(".//textarea[@name='hold_words']").text.strip() == "zeppelin"


def test_the_previewed_settings_can_be_saved_from_the_page(
    web_app: WebApp, owner: SignedInClient, judged: Storage
) -> None:
    location = ask(owner, hold_words="zeppelin")
    work(web_app, location)
    assert owner.client.post(ADDRESS, data=form_of(page(owner, location))).status_code == 303
    assert [term.text for term in judged.sites.get("blog").hold_words] == ["zeppelin"]


def test_a_preview_is_shown_to_the_person_who_asked(web_app: WebApp, owner: SignedInClient, judged: Storage) -> None:
    location = ask(owner, hold_words="zeppelin")
    other = web_app.signed_in("ann", blog="owner")
    assert "The preview has expired" in page(other, location)


def test_wrong_settings_are_named_instead_of_previewed(owner: SignedInClient, judged: Storage) -> None:
    fields = form_of(page(owner, "/sites/blog/settings/advanced")) | {"hold_at": "many"}
    answer = owner.client.post("/sites/blog/settings/advanced/preview", data=fields)
    assert answer.status_code == 422
    assert "Must be a number" in answer.text
