"""Dependencies of the code that sends webhooks and mail."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from comments.settings import Settings
from comments.signals import SignalCatalogue
from comments.storage.interfaces import Storage

from .address_guard import trusted_hosts
from .guarded_http import GuardedHTTP
from .sender_pool import SenderPool
from .smtp import Mailer


@dataclass(frozen=True, slots=True)
class DeliveryDeps:
    """`now` returns aware UTC datetimes. Without a `mailer` no mail is sent."""

    settings: Settings
    storage: Storage
    now: Callable[[], datetime]
    http: GuardedHTTP = field(default_factory=GuardedHTTP, kw_only=True)
    senders: SenderPool = field(default_factory=SenderPool, kw_only=True)
    mailer: Mailer | None = field(default=None, kw_only=True)
    signals: SignalCatalogue = field(default_factory=dict, kw_only=True)  # of all filters, for reasons in notices


def open_http(settings: Settings) -> GuardedHTTP:
    return GuardedHTTP(trusted_hosts(settings.webhook_http_allow))


def open_mailer(settings: Settings) -> Mailer | None:
    return Mailer(settings.smtp_url, settings.mail_from) if settings.smtp_url else None
