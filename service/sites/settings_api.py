"""API for owners: read and change the settings of a site, as text like on the command line."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import Field

from comments.site import Site
from service.accounts import sessions
from service.deps import deps
from service.web.operations import json_response, operation, parsed_body
from service.web.schemas import Wire

from .settings import as_text, describe_settings, with_settings
from .settings_pages import store_settings

blueprint = Blueprint("settings_api", __name__, url_prefix="/v1/sites/<site>/settings")


class SettingsChange(Wire):
    """Settings to change, as text. Values of a list are separated by commas."""

    settings: dict[str, str] = Field(min_length=1, examples=[{"max_links": "3", "required": "author,content"}])


class SiteSettings(Wire):
    """Every setting of a site, as text. The page Configuration of the docs explains them."""

    settings: dict[str, str] = Field(examples=[{"max_links": "4", "paused": "no"}])


@blueprint.get("")
@operation(summary="Get the settings of a site", answers={200: SiteSettings}, auth="session", tags=("settings",))
def get_settings(site: str) -> ResponseReturnValue:
    sessions.require_role(site, "owner")
    return json_response(_settings(deps().storage.sites.get(site)))


@blueprint.patch("")
@operation(
    summary="Change settings of a site",
    description="All of them, or none if one is wrong. The others stay.",
    body=SettingsChange,
    parse=False,
    answers={200: SiteSettings},
    errors=(409,),
    auth="session",
    tags=("settings",),
)
def change_settings(site: str) -> ResponseReturnValue:
    signed = sessions.require_change(site, "owner")
    body, before = parsed_body(SettingsChange), deps().storage.sites.get(site)
    after = with_settings(before, [f"{name}={text}" for name, text in body.settings.items()])
    store_settings(signed, before, after)
    return json_response(_settings(after))


def _settings(site: Site) -> SiteSettings:
    return SiteSettings(settings={name: as_text(getattr(site, name)) for name in describe_settings()})
