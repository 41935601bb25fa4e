"""A deployment with a Slack app and a Telegram bot."""

from collections.abc import Iterator

import pytest

from comments.storage.interfaces import Storage
from tests.support.chat_presses import BOT, SIGNING_SECRET
from tests.support.notices import NoticeDeployment, open_notices, open_web_app_of
from tests.support.web_app import WebApp


@pytest.fixture
def notices(storage: Storage) -> Iterator[NoticeDeployment]:
    with open_notices(storage, slack_signing_secret=SIGNING_SECRET, telegram_bot_token=BOT) as deployment:
        yield deployment


@pytest.fixture
def web(notices: NoticeDeployment) -> WebApp:
    return open_web_app_of(notices)
