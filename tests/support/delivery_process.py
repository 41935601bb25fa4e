"""A delivery process of its own, which tests can kill."""

import json
import subprocess
import sys
from pathlib import Path

from comments.settings import Settings
from tests.support.mail_server import MailServer

ROOT = Path(__file__).parents[2]


def start_delivery(settings: Settings, server: MailServer, sender: str) -> "subprocess.Popen[bytes]":
    chosen = json.dumps({"redis_url": settings.redis_url, "smtp_url": server.url, "mail_from": sender})
    words = [sys.executable, "-m", "tests.integration.one_worker", "delivery", chosen]
    return subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
