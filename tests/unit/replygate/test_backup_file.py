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
PACKED = b"".join(pack_backup(HEADER, [[DATA[:10], b"", DATA[10:]]]))


def refusal(packed: bytes, directory: Path) -> str:
    with pytest.raises(BackupDamaged) as raised:
        unpack_backup(io.BytesIO(packed), lambda _: directory / "data")
    return str(raised.value)


def test_what_is_unpacked_equals_what_was_packed(tmp_path: Path) -> None:
    assert unpack_backup(io.BytesIO(PACKED), lambda _: tmp_path / "data") == HEADER
    assert (tmp_path / "data").read_bytes() == DATA


def test_an_empty_snapshot_is_packed_too(tmp_path: Path) -> None:
    unpack_backup(io.BytesIO(b"".join(pack_backup(HEADER, [[]]))), lambda _: tmp_path / "data")
    assert (tmp_path / "data").read_bytes() == b""


def test_repeated_data_is_compressed() -> None:
    assert len(b"".join(pack_backup(HEADER, [[bytes(1_000_000)]]))) < 5_000


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
    other = PACKED.replace(b'"version": 1', b'"version": 3', 1)
    assert refusal(other, tmp_path) == "the backup has format 3, this program reads up to 2"


def test_data_of_a_newer_program_is_refused_with_the_version_to_use(tmp_path: Path) -> None:
    newer = b"".join(pack_backup(replace(HEADER, data_version=DATA_VERSION + 1, program="9.1"), [[DATA]]))
    assert "use Replygate 9.1 or newer" in refusal(newer, tmp_path)


def test_data_of_an_older_program_is_accepted(tmp_path: Path) -> None:
    older = replace(HEADER, data_version=1)
    assert unpack_backup(io.BytesIO(b"".join(pack_backup(older, [[DATA]]))), lambda _: tmp_path / "data") == older


SLOTS = (((0, 5000), (9000, 9000)), ((5001, 8999), (9001, 16383)))
OF_A_CLUSTER = replace(HEADER, slots=SLOTS)
SNAPSHOTS = (DATA, b"short")
PACKED_CLUSTER = b"".join(pack_backup(OF_A_CLUSTER, [[DATA[:10], DATA[10:]], [SNAPSHOTS[1]]]))


def test_a_backup_of_one_server_is_one_that_an_older_program_reads() -> None:
    values = json.loads(PACKED.partition(b"\n")[0])
    assert values["version"] == 1
    assert "slots" not in values


def test_the_data_of_each_server_of_a_cluster_is_unpacked_with_its_slots(tmp_path: Path) -> None:
    assert unpack_backup(io.BytesIO(PACKED_CLUSTER), lambda n: tmp_path / str(n)) == OF_A_CLUSTER
    assert tuple((tmp_path / str(n)).read_bytes() for n in range(2)) == SNAPSHOTS


def test_a_backup_of_a_cluster_is_refused_by_a_program_that_knows_one_server_only() -> None:
    assert json.loads(PACKED_CLUSTER.partition(b"\n")[0])["version"] == 2


@pytest.mark.parametrize("parts", [[], [[DATA]], [[DATA], [b"x"], [b"y"]]])
def test_a_backup_with_other_servers_than_its_header_says_is_refused(parts: list[list[bytes]], tmp_path: Path) -> None:
    assert "damaged" in refusal(b"".join(pack_backup(OF_A_CLUSTER, parts)), tmp_path)


@pytest.mark.parametrize("slots", [1, [1], [[1]], [[[1, 2, 3]]], [[["a", "b"]]], None, {"a": 1}])
def test_a_header_with_malformed_slots_is_refused(slots: object, tmp_path: Path) -> None:
    line, _, rest = PACKED_CLUSTER.partition(b"\n")
    values = {**json.loads(line), "slots": slots}
    assert "not a backup" in refusal(json.dumps(values).encode() + b"\n" + rest, tmp_path)
