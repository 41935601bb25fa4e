"""The whole service works while a site moves to another server of a cluster."""

import json

import pytest

from comments.errors import StorageDown
from comments.lifecycle import Action, Status
from comments.model import Comment
from comments.site import Webhook
from comments.storage.interfaces import Storage
from comments.storage.redis import connect
from comments.storage.values import CommentChange
from tests.support.builders import NOW, a_comment, a_decision, a_site, an_admission, settings
from tests.support.cluster import Cluster, by_server, move_at_once, move_by_keys, slot_of_site
from tests.support.cluster_visitors import SITES, Crowd
from tests.support.receiver import Receiver
from tests.support.running_service import running_service
from tests.support.wait import wait_until

#: Comments of each site before a slot moves, and after it.
COMMENTS = 6
PARTS = (("work", "judge"), ("work", "delivery"), ("sweep",))


def test_nothing_acknowledged_is_lost_and_nothing_fails_while_a_site_moves(
    cluster: Cluster, store: Storage, valkey_url: str
) -> None:
    with Receiver() as receiver:
        hook = Webhook("hook", receiver.url, NOW, ("k1",))
        for site in SITES:
            store.sites.put(
                a_site(id=site, moderation="suspicious", per_minute=0, proof_of_work="off", webhooks=(hook,))
            )
        extra = {"QUEUE_REDIS_URL": valkey_url, "WEBHOOK_HTTP_ALLOW": receiver.authority}
        with running_service(cluster.url, *PARTS, again=True, **extra) as url:
            with Crowd(url, store) as crowd:
                crowd.wait_for(COMMENTS)
                for move in (move_at_once, move_by_keys):
                    slot = slot_of_site("blog")
                    source = cluster.owner(slot)
                    move(cluster, slot, source, next(port for port in cluster.nodes if port != source))
                    assert cluster.owner(slot) != source
                    crowd.wait_for(COMMENTS)
            assert crowd.failures == []
            for site, ids in crowd.accepted.items():
                assert len(set(ids)) == len(ids)
                wait_until(lambda site=site, ids=ids: are_decided(store, site, ids), f"all of {site} are decided")
            sent = set().union(*crowd.accepted.values())
            wait_until(lambda: sent <= delivered(receiver), "all decisions are delivered")
    assert crowd.removed
    for site, ids in crowd.accepted.items():
        counters = store.comments.counters(site)
        assert (counters.accepted, sum(counters.current.values())) == (len(ids), len(ids))


def are_decided(store: Storage, site: str, ids: list[str]) -> bool:
    return all(comment and comment.status is not Status.QUEUED for comment in store.comments.load(site, ids))


def delivered(receiver: Receiver) -> set[str]:
    return {json.loads(request.body)["id"].partition(":")[0] for request in receiver.requests}


def test_a_script_is_refused_as_a_whole_while_keys_of_its_slot_are_on_two_servers(
    cluster: Cluster, store: Storage
) -> None:
    slot, kept = slot_of_site("blog"), a_comment()
    store.comments.accept(kept, an_admission())
    source = cluster.owner(slot)
    target = next(port for port in cluster.nodes if port != source)
    a, b = cluster.client(source), cluster.client(target)
    b.execute_command("CLUSTER", "SETSLOT", slot, "IMPORTING", cluster.id(source))
    a.execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", cluster.id(target))
    a.execute_command("MIGRATE", "127.0.0.1", target, "rg:{blog}:counters", 0, 5000)
    try:
        with pytest.raises(StorageDown):
            store.comments.accept(a_comment(), an_admission())
        with pytest.raises(StorageDown):
            store.comments.decide("blog", [approved(kept)])
    finally:
        move_by_keys(cluster, slot, source, target)
    assert store.comments.counters("blog").accepted == 1
    assert store.comments.decide("blog", [approved(kept)]) == [True]


def approved(comment: Comment) -> CommentChange:
    return CommentChange(comment, comment.with_decision(a_decision(Action.APPROVE)))


def test_a_scan_begins_again_on_the_new_server_of_its_slot(cluster: Cluster, valkey_url: str) -> None:
    chosen = settings(redis_url=cluster.url, queue_redis_url=valkey_url)
    client, late = connect(chosen), connect(chosen)
    keys = {f"{{blog}}:{n}".encode() for n in range(300)}
    for key in keys:
        client.set(key, "")
    assert set(late.scan_iter("{blog}:*")) == keys
    cursor, found = client.scan(0, "{blog}:*", 50)
    slot = slot_of_site("blog")
    source = cluster.owner(slot)
    move_at_once(cluster, slot, source, next(port for port in cluster.nodes if port != source))
    while cursor:
        cursor, more = client.scan(cursor, "{blog}:*", 50)
        found += more
    assert set(found) == set(late.scan_iter("{blog}:*")) == keys
    assert keys <= set(client.scan_iter("*"))


def test_a_judge_hears_of_new_work_until_its_site_moves(cluster: Cluster, store: Storage) -> None:
    for site in by_server(cluster).values():
        with store.announcements.listen_for_work(site) as next_announced:
            assert not store.comments.accept(a_comment(site=site), an_admission()).wakeup
            assert next_announced(10) == {site}
            slot = slot_of_site(site)
            source = cluster.owner(slot)
            move_at_once(cluster, slot, source, next(port for port in cluster.nodes if port != source))
            assert store.comments.accept(a_comment(site=site), an_admission()).wakeup


def test_commands_of_a_moved_slot_find_their_script_on_a_server_that_never_ran_it(
    cluster: Cluster, valkey_url: str
) -> None:
    client = connect(settings(redis_url=cluster.url, queue_redis_url=valkey_url))
    client.set("{blog}:name", "a blog")
    read = client.register_script("return redis.call('GET', KEYS[1])")
    slot = slot_of_site("blog")
    source = cluster.owner(slot)
    target = next(port for port in cluster.nodes if port != source)
    move_at_once(cluster, slot, source, target)
    cluster.client(target).script_flush()
    pipe = client.pipeline(transaction=False)
    read(keys=["{blog}:name"], client=pipe)
    assert pipe.execute() == [b"a blog"]
