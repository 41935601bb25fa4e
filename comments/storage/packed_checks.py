"""Records of checks: JSON, compressed. A million of them are stored for weeks, and they repeat the same words."""

import zlib

from .checks import CheckAnswer
from .codec import dump, load

#: First byte of a record: the version of `_WORDS`, which must not change.
_VERSION = b"\x01"
#: Words of most records. Compression refers to them instead of repeating them in each record.
_WORDS = (
    '{"content.exclamation","links.many","author.known","reputation.spam","copies.spam","style.caps","trap.filled",'
    '"form.too-fast","It was sent seconds after the form was shown","The hidden field was filled in",'
    '"Moderators published comments by this author","Moderators marked comments by this author as spam",'
    '"Reads like spam: word ","Reads like ham: word "; against it: "http://"https://www.",0.5,1.0,"no link", links",'
    '" (shipped model), “" (in spam and published), ,"","","","","",'
    '"network_48":"network_56":"ranges":["language":"en","avatar":"browser":"trap":"role":"staff",'
    '"user_agent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/ Safari/",'
    '"form_token":"valid","form_seconds":,"referrer":"https://,"email":"@gmail.com","url":"https://","content":"the '
    'and of to is that for "identity":"","origin":"","user":"","thread":"https://"received":17,"author":"'
    '{"request":{"by":"key:","asked":17,"comments":[{"id":"chk_","site":"counts":true}},'
    '"results":[{"id":"chk_","decision":["approve","approved","filters","filters",17["spam","spam",["hold","held",'
    '[["learned.ham",["learned.spam",,false],,true],],3.0,6.0,"queued"]}],"judged":1}'
).encode()


def pack_check(answer: CheckAnswer) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15, zdict=_WORDS)
    return _VERSION + packer.compress(dump(answer)) + packer.flush()


def unpack_check(record: bytes) -> CheckAnswer:
    unpacker = zlib.decompressobj(-15, zdict=_WORDS)
    return load(CheckAnswer, unpacker.decompress(record[len(_VERSION) :]) + unpacker.flush())
