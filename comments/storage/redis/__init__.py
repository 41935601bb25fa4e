"""The stores on Redis or Valkey: one connection pool, one round trip per step, Lua where commands must agree."""

from typing import Any, cast

from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import Sentinel

from comments.errors import SettingsInvalid
from comments.settings import Settings
from comments.storage.interfaces import Storage
from comments.storage.keys import Keys

from .addresses import (
    ClusterAddress,
    SentinelAddress,
    check_url,
    cluster_address,
    is_cluster_url,
    is_sentinel_url,
    sentinel_address,
)
from .announcements import RedisAnnouncements
from .archives import RedisArchives
from .audit_log import RedisAudit
from .author_history import RedisAuthorHistory
from .author_rules import RedisAuthorRules
from .check_records import RedisCheckRecords
from .checks import RedisChecks
from .client import StoreClient
from .cluster_client import ClusterClient
from .cluster_nodes import ClusterNodes
from .comments import RedisComments
from .corpus import RedisCorpus
from .deliveries import RedisDeliveries
from .evidence import RedisEvidence
from .import_uploads import RedisImportUploads
from .notes_and_bulks import RedisBulkActions, RedisNotes
from .notices import RedisNotices
from .numbers import RedisNumbers
from .pauses import RedisPauses
from .presence import RedisPresence
from .queue import RedisOutbox, RedisQueue
from .queue_index import RedisQueueIndex
from .quiet_threads import RedisQuietThreads
from .receipt_codes import RedisReceiptCodes
from .reports import RedisReports
from .retention import RedisRetention
from .server import RedisServer
from .shared_reputation import RedisSharedReputation
from .shared_views import RedisSharedViews
from .site_figures import RedisSiteFigures
from .sites_and_people import RedisHeartbeats, RedisPeople, RedisSites
from .subjects import RedisSubjects
from .subscriptions import RedisSubscriptions
from .system_history import RedisSystemHistory
from .thread_details import RedisThreadDetails
from .thread_indexes import RedisThreadIndexes
from .thread_moves import RedisThreadMoves
from .threads import RedisThreads

CONNECT_SECONDS = 0.3


def connect(settings: Settings) -> StoreClient:
    """Create a client of the storage that never repeats a command by itself.

    redis-py's own ten retries turn one lost reply into two jobs, and hold a web thread for seconds; our callers repeat
    whole steps that are safe to repeat. Raises SettingsInvalid for an address it cannot read.
    """
    if is_cluster_url(settings.redis_url) and not settings.queue_redis_url:
        raise SettingsInvalid(
            "REPLYGATE_QUEUE_REDIS_URL must name a server of its own for the jobs: a cluster cannot have them"
        )
    return _connect(settings.redis_url, settings)


def connect_queue(settings: Settings) -> StoreClient:
    """Create a client for RQ, which needs one server: that of its own, or that of the storage. Raises SettingsInvalid.

    It never repeats a command by itself either.
    """
    url = settings.queue_redis_url
    if not url:
        return connect(settings)
    if is_cluster_url(url):
        raise SettingsInvalid("REPLYGATE_QUEUE_REDIS_URL is the address of a cluster: jobs need one server")
    try:
        return _connect(url, settings)
    except SettingsInvalid as error:
        raise SettingsInvalid(str(error).replace("REPLYGATE_REDIS_URL", "REPLYGATE_QUEUE_REDIS_URL")) from error


def _connect(url: str, settings: Settings) -> StoreClient:
    check_url(url)
    options: dict[str, Any] = {
        "socket_timeout": settings.socket_timeout,
        "socket_connect_timeout": CONNECT_SECONDS,
        "retry": Retry(NoBackoff(), 0),
        "decode_responses": False,
    }
    if is_sentinel_url(url):
        return _connect_by_sentinels(sentinel_address(url), options)
    if is_cluster_url(url):
        return _connect_to_cluster(cluster_address(url), options)
    try:
        client = StoreClient.from_url(url, **options)
        client.connection_pool.make_connection()  # reads the options of the address
    except (ValueError, TypeError) as error:
        raise SettingsInvalid("REPLYGATE_REDIS_URL is not the address of a Redis or Valkey server") from error
    return cast(StoreClient, client)


def _connect_to_cluster(address: ClusterAddress, options: dict[str, Any]) -> StoreClient:
    def connect_to(host: str, port: int) -> StoreClient:
        return StoreClient(host=host, port=port, **options, **address.server)

    return ClusterClient(ClusterNodes(address.hosts, connect_to))


def _connect_by_sentinels(address: SentinelAddress, options: dict[str, Any]) -> StoreClient:
    """Create a client that asks the Sentinels for the primary whenever it opens a connection."""
    make: Any = Sentinel  # redis-py has no types here
    sentinels = make(address.hosts, sentinel_kwargs=options | address.sentinel)
    client = sentinels.master_for(address.service, redis_class=StoreClient, **options, **address.server)
    return cast(StoreClient, client)


def open_redis(settings: Settings) -> Storage:
    client, together = connect(settings), settings.learn_together
    keys = Keys(settings.prefix, client.is_cluster)
    comments = RedisComments(client, keys, settings.wait_replicas)
    return Storage(
        comments=comments, queue=RedisQueue(client, keys), outbox=RedisOutbox(client, keys),
        threads=RedisThreads(client, keys, comments),
        thread_indexes=RedisThreadIndexes(client, keys, comments),
        thread_details=RedisThreadDetails(client, keys), thread_moves=RedisThreadMoves(client, keys),
        evidence=RedisEvidence(client, keys, together), corpus=RedisCorpus(client, keys, together),
        checks=RedisChecks(client, keys), check_records=RedisCheckRecords(client, keys),
        announcements=RedisAnnouncements(client, keys),
        judging_pauses=RedisPauses(client, keys, keys.judging_pauses()),
        intake_pauses=RedisPauses(client, keys, keys.intake_pauses()),
        numbers=RedisNumbers(client, keys), system_history=RedisSystemHistory(client, keys),
        sites=RedisSites(client, keys, together), people=RedisPeople(client, keys),
        deliveries=RedisDeliveries(client, keys),
        server=RedisServer(client, keys), heartbeats=RedisHeartbeats(client, keys),
        audit=RedisAudit(client, keys), retention=RedisRetention(client, keys),
        author_rules=RedisAuthorRules(client, keys), author_history=RedisAuthorHistory(client, keys),
        queue_index=RedisQueueIndex(client, keys), shared_views=RedisSharedViews(client, keys),
        presence=RedisPresence(client, keys), notes=RedisNotes(client, keys), bulks=RedisBulkActions(client, keys),
        notices=RedisNotices(client, keys), subscriptions=RedisSubscriptions(client, keys),
        shared_reputation=RedisSharedReputation(client, keys, together),
        reports=RedisReports(client, keys), subjects=RedisSubjects(client, keys),
        quiet_threads=RedisQuietThreads(client, keys), receipt_codes=RedisReceiptCodes(client, keys),
        archives=RedisArchives(client, keys, together, comments), import_uploads=RedisImportUploads(client, keys),
        site_figures=RedisSiteFigures(client, keys),
    )  # fmt: skip
