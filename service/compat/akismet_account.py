"""The Akismet API for keys and numbers: what clients and plugins ask before and besides checking."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from flask import Response

from comments.storage.check_records import AkismetEvent
from comments.validation import is_web_address

from . import akismet_answers as answers
from .akismet_answers import help_answer, text_answer
from .akismet_counts import counts_of, site_row, statistics_report, this_month, usage_report
from .akismet_fields import AkismetFields
from .akismet_keys import AkismetAccess, with_access

KEY_SITES_COLUMNS = ("Site", "Total API Calls", "Spam", "Ham", "Missed Spam", "False Positives", "Is Revoked")
#: Rows of one answer of key-sites.
MAX_SITE_ROWS = 500
SITE_ORDERS = ("total", *AkismetEvent)
#: Fields of key-sites -> the form of a value, and the help for another one.
SITE_FIELDS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "month": (re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])"), answers.BAD_MONTH),
    "limit": (re.compile(r"0*[1-9][0-9]{0,8}"), "The limit must be a whole number from 1 to 500."),
    "offset": (re.compile(r"[0-9]{1,9}"), "The offset must be a whole number from 0."),
    "order": (re.compile("|".join(SITE_ORDERS)), f"The order must be one of {', '.join(SITE_ORDERS)}."),
    "format": (re.compile("json|csv"), "The format must be json or csv."),
}
#: Periods of get-stats -> months, of which the last one is the current one.
STATISTICS_MONTHS = {"60-days": 2, "6-months": 6, "all": None}


@with_access
def verify_key(access: AkismetAccess, fields: AkismetFields) -> Response:
    if not is_web_address(fields.text("blog").strip()):
        return help_answer(answers.NO_BLOG, answers.INVALID_KEY)
    return text_answer(answers.VALID_KEY)


@with_access
def usage_limit(access: AkismetAccess, fields: AkismetFields) -> Response:
    return _json(usage_report(access.site, fields.is_true("extended")))


@with_access
def key_sites(access: AkismetAccess, fields: AkismetFields) -> Response:
    """List the sites of the key: in JSON, or in CSV with a title. Fields that cannot be used are all named."""
    query = {name: fields.text(name).strip().lower() for name in SITE_FIELDS}
    wrong = [help for name, (form, help) in SITE_FIELDS.items() if query[name] and not form.fullmatch(query[name])]
    if wrong:
        return help_answer(" ".join(wrong))
    month, filter = query["month"] or this_month(), fields.text("filter").strip().lower()
    row = site_row(access.site, counts_of(access.site).get(month, Counter()))
    found = [row] if filter in row["site"].lower() else []  # a key has one site, so that every order is the same
    limit, offset = min(int(query["limit"] or MAX_SITE_ROWS), MAX_SITE_ROWS), int(query["offset"] or 0)
    rows = found[offset : offset + limit]
    if query["format"] == "csv":
        return Response(_csv(month, rows), content_type="text/csv; charset=utf-8")
    return _json({month: rows, "limit": limit, "offset": offset, "total": len(found)})


def _csv(month: str, rows: list[dict[str, Any]]) -> str:
    written = io.StringIO()
    out = csv.writer(written, lineterminator="\n")
    out.writerow([f"Active sites for {month}"])
    out.writerow(KEY_SITES_COLUMNS)
    out.writerows(row.values() for row in rows)
    return written.getvalue()


@with_access
def subscription(access: AkismetAccess, fields: AkismetFields) -> Response:
    """Describe the account to the settings page of Akismet's plugin, which looks broken without."""
    account = {"account_id": False, "account_type": "replygate", "account_name": f"Replygate, {access.site.name}"}
    return _json({**account, "status": "active", "next_billing_date": False, "limit_reached": False})


@with_access
def statistics(access: AkismetAccess, fields: AkismetFields) -> Response:
    return _json(statistics_report(access.site, STATISTICS_MONTHS.get(fields.text("from"))))


@with_access
def statistics_token(access: AkismetAccess, fields: AkismetFields) -> Response:
    """Answer the request before the plugin shows Akismet's own statistics. The word opens nothing."""
    return text_answer(access.key_id)


@with_access
def deactivate(access: AkismetAccess, fields: AkismetFields) -> Response:
    """Answer a plugin that is disconnected. The key stays valid: other programs may use it too."""
    return text_answer("deactivated")


def report_connection(key: str = "") -> Response:
    return text_answer("connected")


def _json(body: dict[str, Any]) -> Response:
    return Response(json.dumps(body), mimetype="application/json")
