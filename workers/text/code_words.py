"""Words of source code that have the form of an address: "user.name", "f.date", "asp.net", "obj.info()"."""

from collections.abc import Sequence

_PROGRAMS = """
    asp.net vb.net ado.net ml.net rx.net paint.net xml.net json.net log4.net protobuf.net socket.io system.io java.io
    kotlin.io draw.io discord.py vue.app flask.app next.app
"""
_OBJECTS = """
    self this that cls super user users usr admin author person account customer client member profile post article
    comment item items row rows col column record entry node nodes elem element el obj object data df model models form
    forms field fields input button event evt window document navigator location history screen console process module
    package config conf cfg settings options opts params args kwargs props state request req response res resp session
    cookie server db conn cursor query table schema file files path dir image img invoice task app application
"""
#: Top-level domains that are usual names of attributes. "com" and others that hardly anybody uses for one are missing.
_ATTRIBUTES = """
    name info id email date site host online show store click link live page group zone team work works run app dev
    tools download data code build state network media photo photos video audio music social review reviews version
    size day year map box call is in at to as by py pl rs sh js
"""
_KNOWN_PROGRAMS = frozenset(_PROGRAMS.split())
#: First parts of words of code, beside single letters.
_KNOWN_OBJECTS = frozenset(_OBJECTS.split())
_KNOWN_ATTRIBUTES = frozenset(_ATTRIBUTES.split())
_BEFORE, _AFTER = frozenset("`"), frozenset("(=[`")


def is_in_code(labels: Sequence[str], before: str, after: str) -> bool:
    """Decide if a word with a dot, without a path, is a word of code, by its parts and the signs next to it."""
    if ".".join(labels) in _KNOWN_PROGRAMS:
        return True
    if len(labels) != 2 or labels[1] not in _KNOWN_ATTRIBUTES:
        return False
    is_object = len(labels[0]) == 1 or labels[0] in _KNOWN_OBJECTS
    return is_object or after in _AFTER or before in _BEFORE
