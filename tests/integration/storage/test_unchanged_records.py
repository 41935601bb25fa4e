"""Records that another version stored with other bytes can be replaced like any other."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from comments.audit import AuditAction, AuditEntry
from comments.data_subjects import Subject
from comments.erasure_requests import request_erasure
from comments.lifecycle import Status
from comments.saved_views import SavedView
from comments.settings import Settings
from comments.storage.deliveries import Delivery, DeliveryStatus
from comments.storage.import_uploads import ImportPhase, ImportState, discard_import
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from tests.support.builders import a_site
from tests.support.deliveries import claimed, finish

NOW = datetime.now(UTC).replace(microsecond=0)


def reordered(record: bytes) -> bytes:
    """Return the JSON with its fields in another order, and with one of a later version."""
    found = json.loads(record)
    rows = found if isinstance(found, list) else [found]
    mixed = [{"of_later": 1, **dict(reversed(row.items()))} for row in rows]
    return json.dumps(mixed if isinstance(found, list) else mixed[0]).encode()


def test_an_erasure_of_another_version_goes_on(storage: Storage, valkey_settings: Settings) -> None:
    storage.sites.put(a_site())
    client, key = connect(valkey_settings), "rg:{blog}:erasures"
    request_erasure(storage, storage.sites.get("blog"), Subject(identities=("i",)), "ow", NOW)
    for field, record in client.hgetall(key).items():
        client.hset(key, field, reordered(record))
    (erasure,) = storage.subjects.erasures("blog")
    assert storage.subjects.save(erasure, erasure.at_next_stage())
    assert not storage.subjects.save(erasure, erasure.at_next_stage()), "it changed in between"


def test_an_import_of_another_version_can_be_discarded(storage: Storage, valkey_settings: Settings) -> None:
    client, key = connect(valkey_settings), "rg:{blog}:import"
    storage.import_uploads.replace("blog", None, ImportState("upload", "wxr", "ow", NOW, ImportPhase.READY))
    client.set(key, reordered(client.get(key)))
    discard_import(storage.import_uploads, "blog")
    assert storage.import_uploads.get("blog") is None
    assert not client.exists(key)


def test_shared_views_of_another_version_can_be_replaced(storage: Storage, valkey_settings: Settings) -> None:
    client, key = connect(valkey_settings), "rg:{blog}:views"
    entry = AuditEntry("mo", AuditAction.VIEW_SHARE, "a view", site="blog")
    view = SavedView("blog", "Bread", "q=bread", "mo")
    assert storage.shared_views.replace("blog", (), (view,), entry)
    client.set(key, reordered(client.get(key)))
    (read,) = storage.shared_views.all("blog")
    assert storage.shared_views.replace("blog", (read,), (replace(read, name="Rolls"),), entry)
    assert not storage.shared_views.replace("blog", (read,), (), entry), "it changed in between"


def test_a_delivery_of_another_version_can_be_finished(storage: Storage, valkey_settings: Settings) -> None:
    client, key = connect(valkey_settings), "rg:{blog}:deliveries"
    delivery = Delivery("hook", "a" * 26, 1, Status.APPROVED, "hooks.example", NOW, NOW)
    storage.deliveries.enqueue("blog", "hook", [delivery])
    client.hset(key, delivery.id, reordered(client.hget(key, delivery.id)))
    found = claimed(storage, "hook", 30)
    assert found == delivery
    after = replace(delivery, state=DeliveryStatus.DELIVERED, attempts=1, answer=200)
    assert finish(storage, found, after, healthy=True)
    assert storage.deliveries.get("blog", delivery.id) == after
    assert not finish(storage, found, after, healthy=True), "it changed in between"
