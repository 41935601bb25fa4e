"""The file of a backup: what is unpacked equals what was packed, and any other file is refused."""

import io
import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from comments.storage.values import DATA_VERSION
from replygate.backup.backup_file import BackupDamaged, BackupHeader, pack_backup, unpack_backup

HEADER = BackupHeader("2026-11-30T06:00:00+00:00", "0.1.0", DATA_VERSION, "rg", 3, "fingerprint", "secret")
DATA = Random(1).randbytes(700_000) + bytes(300_000)
PACKED = b"".join(pack_backup(HEADER, [DATA[:10], b"", DATA[10:]]))


def refusal(packed: bytes, directory: Path) -> str:
    with pytest.raises(BackupDamaged) as raised:
        unpack_backup(io.BytesIO(packed), directory / "data")
    return str(raised.value)


def test_what_is_unpacked_equals_what_was_packed(tmp_path: Path) -> None:
    assert unpack_backup(io.BytesIO(PACKED), tmp_path / "data") == HEADER
    assert (tmp_path / "data").read_bytes() == DATA


def test_an_empty_snapshot_is_packed_too(tmp_path: Path) -> None:
    unpack_backup(io.BytesIO(b"".join(pack_backup(HEADER, []))), tmp_path / "data")
    assert (tmp_path / "data").read_bytes() == b""


def test_repeated_data_is_compressed() -> None:
    assert len(b"".join(pack_backup(HEADER, [bytes(1_000_000)]))) < 5_000


def test_a_file_that_is_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    ends = [*range(400), *range(400, len(PACKED), 20_011), *range(len(PACKED) - 100, len(PACKED))]
    assert all(refusal(PACKED[:end], tmp_path) for end in ends)
    assert "cut off" in refusal(PACKED[: len(PACKED) // 2], tmp_path)


def test_a_file_with_one_other_bit_is_refused(tmp_path: Path) -> None:
    random = Random(2)
    places = [*range(len(PACKED) - 80, len(PACKED)), *(random.randrange(len(PACKED)) for _ in range(60)), 0, 20]
    for place in places:
        damaged = bytearray(PACKED)
        damaged[place] ^= 1 << random.randrange(8)
        assert refusal(bytes(damaged), tmp_path)


def test_a_file_with_something_after_its_end_is_refused(tmp_path: Path) -> None:
    assert refusal(PACKED + b"\n", tmp_path)
    assert refusal(PACKED + PACKED, tmp_path)


def test_a_file_without_bytes_in_its_middle_is_refused(tmp_path: Path) -> None:
    assert "damaged" in refusal(PACKED[:5000] + PACKED[5001:], tmp_path)


@pytest.mark.parametrize(
    "text", [b"", b"\n", b"{}", b"[1]", b'"text"', b"null", b"PK\x03\x04", b"\xff" * 5000, b"x" * 9999]
)
def test_another_file_is_refused(text: bytes, tmp_path: Path) -> None:
    assert refusal(text, tmp_path) == "the file is not a backup of Replygate"


def test_a_header_with_other_fields_is_refused(tmp_path: Path) -> None:
    line, _, rest = PACKED.partition(b"\n")
    for change in ({"prefix": None}, {"more": 1}):
        values = {name: value for name, value in {**json.loads(line), **change}.items() if value is not None}
        assert "not a backup" in refusal(json.dumps(values).encode() + b"\n" + rest, tmp_path)


def test_another_version_of_the_format_is_refused_with_both_versions(tmp_path: Path) -> None:
    other = PACKED.replace(b'"version": 1', b'"version": 2', 1)
    assert refusal(other, tmp_path) == "the backup has format 2, this program reads 1"


def test_data_of_a_newer_program_is_refused_with_the_version_to_use(tmp_path: Path) -> None:
    newer = b"".join(pack_backup(replace(HEADER, data_version=DATA_VERSION + 1, program="9.1"), [DATA]))
    assert "use Replygate 9.1 or newer" in refusal(newer, tmp_path)


def test_data_of_an_older_program_is_accepted(tmp_path: Path) -> None:
    older = replace(HEADER, data_version=1)
    assert unpack_backup(io.BytesIO(b"".join(pack_backup(older, [DATA]))), tmp_path / "data") == older
