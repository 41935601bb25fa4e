"""Every key has the time to live that `comments.storage.keys` documents: temporary ones expire, all others stay."""

import inspect
import re
from collections.abc import Callable, Iterator

import pytest

from comments.check_lessons import with_lesson
from comments.lifecycle import Action, Label
from comments.report_rules import ReaderReport
from comments.settings import Settings
from comments.storage.check_records import CheckCallback
from comments.storage.checks import CheckAdmission, CheckAnswer, CheckRequest, new_check_id
from comments.storage.import_uploads import ImportPhase, ImportState
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys
from comments.storage.notes_and_bulks import BulkAction, Note
from comments.storage.notices import NoticeItem, NoticeResult
from comments.storage.redis import connect
from comments.storage.system_history import SystemSample
from comments.storage.values import EvidenceQuery, Session, WindowUse
from tests.support.builders import NOW, a_comment, a_site, accepted, an_admission, published

MINUTE, HOUR, DAY = 60, 3_600, 86_400
WEEK = 7 * DAY

#: Pattern of a key without prefix and site -> seconds for which it lives after the last write.
TEMPORARY = {
    r"key:.*": DAY,
    r"same:.*": 2 * MINUTE,
    r"rate:.*": MINUTE,
    r"claim:.*": 10,
    r"window:.*": 2 * HOUR,
    r"code:.*": 10 * MINUTE,
    r"asked:first": WEEK,
    r"asked:second": 30 * DAY,
    r"attention": 2 * MINUTE,
    r"reports:.*": 30 * DAY,
    r"reported": 30 * DAY,
    r"check:.*": 10 * MINUTE,
    r"checkrecord:.*": 15 * DAY,
    r"checks": 10 * MINUTE,
    r"checkcallbacks": 15 * MINUTE,
    r"bulk:one": WEEK,
    r"bulk:one:left": WEEK,
    r"bulk:one:done": WEEK,
    r"session:.*": HOUR,
    r"sessions:.*": DAY,
    r"link:.*": HOUR,
    r"links:.*": DAY,
    r"kept:.*": HOUR,
    r"tries:.*": 15 * MINUTE,
    r"probe": MINUTE,
    r"bytes:.*": HOUR,
    r"erasure-lease": 5,
    r"import": WEEK,
    r"import:one:.*": DAY,
    r"history:minute": 2 * MINUTE,
    r"history:minutes": DAY,
    r"history:quarters": 14 * DAY,
    r"requests": 14 * DAY,
    r"threads:quiet": HOUR,
    r"importing:.*": MINUTE,
    r"notices:items:.*": WEEK,
    r"notices:result:.*": 30 * DAY,
}


@pytest.fixture
def used(storage: Storage) -> Storage:
    """A storage on which every temporary key, and many lasting ones, were written."""
    storage.server.prepare()
    storage.server.check_write()
    storage.sites.put(a_site())
    storage.comments.accept(a_comment(), an_admission(key="key", per_minute=5))
    storage.comments.accept(a_comment(), an_admission(per_minute=5, bytes_per_hour=10**6))
    storage.queue.claim("blog", "token", 10, 10.0, "claim")
    use = WindowUse("name", HOUR, "value")
    storage.evidence.look_up("blog", [EvidenceQuery((use,), "first-post")])
    storage.receipt_codes.use("blog", "code", 10 * MINUTE)
    for who in ("first", "second"):
        storage.subscriptions.reserve_request("blog", who, "comment")
    storage.subscriptions.unsubscribe("blog", "second")
    storage.subscriptions.request_sent("blog", "first")
    for by, seconds in (("mo", 2 * MINUTE), ("bo", MINUTE)):
        storage.presence.set("blog", by, "a", seconds)
    storage.reports.add(published(storage), ReaderReport("spam", "network", "household", "provider", NOW), 5)
    items = [("a", 1), ("b", 1)]
    storage.bulks.create("blog", BulkAction("one", Action.SPAM, "mo", NOW), items)
    storage.bulks.check_off("blog", "one", items[:1], items[:1])
    storage.check_records.put("blog", "name", "text", 15 * DAY)
    storage.check_records.count("blog", "ham", NOW)
    request = CheckRequest(None, "mo", NOW, (a_comment(),))
    check = storage.checks.ask("blog", new_check_id(), request, CheckAdmission(10 * MINUTE, max_kept=5)).id
    storage.checks.put("blog", {check: CheckAnswer(request, judged=1)})
    storage.checks.teach("blog", None, with_lesson(a_comment(id=check), Label.SPAM, "mo", NOW))
    storage.check_records.add_callback("blog", "id", CheckCallback("https://blog.example", "k1", NOW))
    storage.people.open_session("digest", Session("mo", "csrf", NOW), HOUR)
    storage.people.session("digest", HOUR)
    storage.people.put_link("digest", "mo", HOUR)
    storage.people.keep_form("digest", "{}", HOUR)
    storage.people.attempt("key", 5, 15 * MINUTE)
    storage.notes.add("blog", "a", Note("mo", NOW, "text"))
    storage.heartbeats.beat("judge", "name", 5)
    storage.notices.add("blog", "chat:a", [NoticeItem("review", "a", 1)], NOW, NOW)
    storage.notices.record_result("blog", "chat:a", NoticeResult(NOW))
    accepted(storage, user="user")
    storage.archives.begin("shop", "token")
    storage.subjects.lease("blog", 5)
    storage.import_uploads.replace("blog", None, ImportState("one", "disqus", "mo", NOW, ImportPhase.UPLOADED))
    storage.import_uploads.add_pieces("blog", "one", iter([b"file"]))
    storage.import_uploads.replace_rows("blog", "one", iter([b"rows"]))
    storage.quiet_threads.move("blog", "")
    storage.system_history.claim_minute()
    storage.system_history.add(SystemSample(NOW))
    storage.system_history.count_request_errors({500: 1})
    return storage


def lives(settings: Settings) -> Iterator[tuple[str, float]]:
    """Yield each key without prefix and site, and its seconds to live; -1 for ever."""
    client = connect(settings)
    for key in client.scan_iter():
        ms = client.pttl(key)
        yield re.sub(r"^rg:(\{[^}]*\}:)?", "", key.decode()), ms / 1000 if ms >= 0 else -1


#: Lifetimes that `comments.storage.keys` documents for temporary keys, at the end of each docstring.
TEMPORARY_LIFETIME = re.compile(
    r"seconds?$|minutes?$|hours?$|days?( from .*)?$|a (week|month)|years|lease$|expired$|two windows|window$|can last$"
    r"|idle time"
)
#: Documented in the same words, and not temporary: their parts end, or another key limits them.
LASTING_PARTS = {"wakeups"}


def temporary_names() -> set[str]:
    """Names of the keys whose documented lifetime ends."""
    names = {n for n, _ in inspect.getmembers(Keys, inspect.isfunction) if not n.startswith("_")} - LASTING_PARTS
    ends = {n: (inspect.getdoc(getattr(Keys, n)) or "").removesuffix(".").split("; ")[-1] for n in names}
    return {name for name, end in ends.items() if TEMPORARY_LIFETIME.search(end)}


def test_every_key_documented_as_temporary_is_in_the_table() -> None:
    keys = Keys("rg")
    for name in temporary_names():
        of = getattr(keys, name)
        values = {
            "minute": 1,
            "part": "left",
            "id": "one",
            "status": "held",
            "bucket": 1,
            "period": "h",
            "n": 1,
            "resolution": "minutes",
        }
        arguments = {p: values.get(p, "first") for p in inspect.signature(of).parameters}
        key = re.sub(r"^rg:(\{[^}]*\}:)?", "", of(**arguments))
        assert key.startswith("numbers:") or any(re.fullmatch(pattern, key) for pattern in TEMPORARY), (name, key)


def test_temporary_keys_expire_in_time_and_all_others_stay(used: Storage, valkey_settings: Settings) -> None:
    found: dict[str, float] = {}
    for name, seconds in lives(valkey_settings):
        if name.startswith("numbers:"):
            assert seconds > 0, f"{name} would stay for ever; its lifetime has a test in test_number_counters"
            continue
        pattern = next((pattern for pattern in TEMPORARY if re.fullmatch(pattern, name)), "")
        if pattern:
            found[pattern] = seconds
        else:
            assert seconds == -1, f"{name} would be lost after {seconds:.0f} s"
    assert found.keys() == TEMPORARY.keys(), "every temporary key was written"
    for pattern, seconds in found.items():
        longest = TEMPORARY[pattern]
        assert max(0, longest - MINUTE) < seconds <= longest, f"{pattern} lives {seconds:.0f} s"


def test_a_key_that_is_written_once_or_found_later_expires_too(storage: Storage, valkey_settings: Settings) -> None:
    """Keys with a second writer: the first one sets the time to live as well."""
    storage.people.open_session("digest", Session("mo", "csrf", NOW), HOUR)
    storage.bulks.create("blog", BulkAction("one", Action.SPAM, "mo", NOW, identity="i"), [])
    assert storage.bulks.extend("blog", "one", [("a", 1)], storage.bulks.search_cursor("blog", "one") or "", None)
    found = dict(lives(valkey_settings))
    assert len(found) == 4, found.keys()
    for name, seconds in found.items():
        longest = next(TEMPORARY[pattern] for pattern in TEMPORARY if re.fullmatch(pattern, name))
        assert longest - MINUTE < seconds <= longest, name


def test_each_write_gives_a_key_its_full_time_again(storage: Storage, valkey_settings: Settings) -> None:
    storage.people.open_session("digest", Session("mo", "csrf", NOW), HOUR)
    client = connect(valkey_settings)
    renewals: dict[str, Callable[[], object]] = {
        r"session:.*": lambda: storage.people.session("digest", HOUR),
    }
    for pattern, renew in renewals.items():
        for key in client.scan_iter():
            client.expire(key, 30)
        renew()
        (seconds,) = [seconds for name, seconds in lives(valkey_settings) if re.fullmatch(pattern, name)]
        assert seconds > MINUTE, pattern
