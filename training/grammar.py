"""Sentences from templates: {a|b} chooses one part, <rule> inserts a line of another rule."""

import random
import re
from dataclasses import dataclass
from pathlib import Path

INNERMOST = re.compile(r"\{([^{}]*)\}")
RULE = re.compile(r"<([a-z_]+)>")
#: Placeholder for a "<" that opens a tag instead of a rule.
HELD = "\0"
SPACES = re.compile(r"[ \t]{2,}")


@dataclass(frozen=True, slots=True)
class Grammar:
    """Lines of each rule, by its name."""

    rules: dict[str, tuple[str, ...]]

    def line(self, rule: str, draw: random.Random) -> str:
        """Return one sentence of a rule. Raises KeyError for an unknown rule."""
        text = self._expanded(draw.choice(self.rules[rule]), draw).replace(HELD, "<").replace(r"\n", "\n")
        return SPACES.sub(" ", text).strip()

    def _expanded(self, text: str, draw: random.Random) -> str:
        """Choose parts from the inside out, so that only rules of chosen parts are inserted."""
        while INNERMOST.search(text):
            text = INNERMOST.sub(lambda part: draw.choice(part[1].split("|")), text)
        while RULE.search(text):
            text = RULE.sub(lambda rule: self._put(rule, draw), text)
        return text

    def _put(self, rule: re.Match[str], draw: random.Random) -> str:
        """Return a line of the rule. HTML in a template is no rule and stays."""
        lines = self.rules.get(rule[1])
        return self._expanded(draw.choice(lines), draw) if lines else rule[0].replace("<", HELD)


def read(*paths: Path) -> Grammar:
    """Read the rules of files: `= name`, then one template per line; "#" begins a comment."""
    rules: dict[str, list[str]] = {}
    name = ""
    for line in (line for path in paths for line in path.read_text(encoding="utf-8").splitlines()):
        if line.startswith("= "):
            name = line[2:].strip()
            rules.setdefault(name, [])
        elif line.strip() and not line.startswith("#"):
            rules[name].append(line)
    return Grammar({name: tuple(lines) for name, lines in rules.items()})
