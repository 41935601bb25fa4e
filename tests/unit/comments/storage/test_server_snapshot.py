"""Answers of a server that is asked for a snapshot, in any pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.errors import SettingsInvalid, StorageDown
from comments.storage.redis.server_snapshot import snapshot_data

MARK = b"0123456789abcdef0123456789abcdef01234567"


def pieces(whole: bytes, cuts: list[int]) -> list[bytes]:
    ends = sorted({min(cut, len(whole)) for cut in cuts} | {len(whole)})
    return [whole[start:end] for start, end in zip([0, *ends], ends, strict=False) if start < end]


def read(*received: bytes) -> bytes:
    return b"".join(snapshot_data(iter(received)))


@given(st.binary(max_size=300), st.lists(st.integers(0, 400)), st.integers(0, 3))
def test_a_snapshot_that_ends_with_its_mark_is_read_in_any_pieces(data: bytes, cuts: list[int], waits: int) -> None:
    whole = b"\n" * waits + b"$EOF:" + MARK + b"\r\n" + data + MARK
    assert read(*pieces(whole, cuts)) == data


@given(st.binary(max_size=300), st.lists(st.integers(0, 400)), st.integers(0, 3))
def test_a_snapshot_of_a_length_is_read_in_any_pieces(data: bytes, cuts: list[int], waits: int) -> None:
    whole = b"\n" * waits + b"$%d\r\n" % len(data) + data
    assert read(*pieces(whole, cuts)) == data


def test_commands_after_a_snapshot_of_a_length_are_left_out() -> None:
    assert read(b"$4\r\ndata*1\r\n$4\r\nPING\r\n") == b"data"


@pytest.mark.parametrize("start", [b"$EOF:" + MARK + b"\r\n", b"$100\r\n", b"$10", b"\n", b""])
def test_a_snapshot_that_is_cut_off_is_an_error(start: bytes) -> None:
    with pytest.raises(StorageDown, match="before it was complete"):
        read(start + (b"REDIS0011 and so on" if start.endswith(b"\r\n") else b""))


@pytest.mark.parametrize("cut", [1, 5, 20])
def test_a_refusal_is_an_error_with_its_reason(cut: int) -> None:
    answer = b"-NOPERM this user has no permissions to run the 'sync' command\r\n"
    with pytest.raises(SettingsInvalid, match=r"NOPERM this user .* the right to SYNC"):
        read(answer[:cut], answer[cut:])


def test_a_replica_that_has_no_data_yet_is_an_error_that_passes() -> None:
    with pytest.raises(StorageDown, match="NOMASTERLINK"):
        read(b"-NOMASTERLINK Can't SYNC while not connected with my master\r\n")


def test_another_answer_is_an_error() -> None:
    with pytest.raises(StorageDown, match="something else"):
        read(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n")
