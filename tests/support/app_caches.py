"""Caches of what every app compiles again. Each test creates an app of its own, and the suite thousands of them."""

from types import MethodType

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

#: Attributes of a rule that depend on its text alone, not on the app.
COMPILED = ("_parts", "_trace", "_converters", "arguments")

_compiled: dict[tuple[object, ...], "CompiledRule"] = {}


class CompiledRule(Rule):
    """A rule for addresses that is compiled once in a process. That is 90 % of the time for an app."""

    def compile(self) -> None:
        key = (self.rule, self.subdomain, self.merge_slashes)
        if self.defaults or key not in _compiled:
            super().compile()
            if not self.defaults:
                _compiled[key] = self
            return
        first = _compiled[key]
        for name in COMPILED:
            setattr(self, name, getattr(first, name))
        self._build = MethodType(first._build.__func__, self)  # type: ignore[attr-defined]
        self._build_unknown = MethodType(first._build_unknown.__func__, self)  # type: ignore[attr-defined]


class CompiledTemplates(BytecodeCache):
    """Templates that are compiled once in a process."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


def use_app_caches() -> None:
    """Let all apps of this process share the caches."""
    Flask.url_rule_class = CompiledRule
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": CompiledTemplates()}
