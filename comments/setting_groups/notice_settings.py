"""Settings of a site: messages to people and other programs."""

from dataclasses import dataclass
from typing import ClassVar

from comments.setting_values import SettingGroup


@dataclass(frozen=True, kw_only=True)
class NoticeSettings:
    group: ClassVar = SettingGroup("notices", "Notices and webhooks", "Messages to people and other programs.")
