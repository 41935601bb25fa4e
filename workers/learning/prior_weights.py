"""The file of the shipped model's weights."""

import json
import struct
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from .features import BUCKETS, SIZE, START, Family

MAGIC = b"replygate prior\n"
#: Version of the features, their hash and the file format. Weights of another version cannot be used.
VERSION = 4
#: Fields of the header, in the order of the fields of PriorWeights.
_HEADER = ("bias", "plain", "below_website", "slope", "shift", "inputs")


class InvalidModelFile(ValueError):
    """The file is no model, is damaged, or belongs to other features."""


@dataclass(frozen=True, slots=True)
class PriorWeights:
    """Whole-number weights by bucket, the value of one unit in each family, and the calibration to a probability."""

    weights: "array[int]"
    scales: tuple[float, ...]  # in the order of Family
    bias: float
    plain: Mapping[str, float]  # points for traits and shapes without words, by name
    below_website: float  # factor of all words if the author gave a website
    slope: float
    shift: float
    inputs: str  # SHA-256 over the training inputs

    @classmethod
    def parse(cls, packed: bytes) -> Self:
        """Parse a file's content. Raise InvalidModelFile."""
        start = len(MAGIC) + 4
        if packed[: len(MAGIC)] != MAGIC or len(packed) < start:
            raise InvalidModelFile("this file contains no weights")
        length = struct.unpack(">I", packed[len(MAGIC) : start])[0]
        header = json.loads(packed[start : start + length])
        weights = array("b", packed[start + length :])
        if header.get("version") != VERSION or header.get("buckets") != list(BUCKETS) or len(weights) != SIZE:
            raise InvalidModelFile("these weights belong to other features")
        return cls(weights, tuple(header["scales"]), *(header[name] for name in _HEADER))

    def to_bytes(self) -> bytes:
        """Return the file's content. The same weights give the same bytes."""
        fields: dict[str, Any] = {"version": VERSION, "buckets": list(BUCKETS), "scales": list(self.scales)}
        fields |= {name: getattr(self, name) for name in _HEADER}
        header = json.dumps(fields, sort_keys=True).encode()
        return MAGIC + struct.pack(">I", len(header)) + header + self.weights.tobytes()


def quantize(weights: list[float]) -> tuple["array[int]", tuple[float, ...]]:
    """Return weights of SIZE buckets as whole numbers from -127 to 127, and the value of one unit in each family."""
    whole: array[int] = array("b")
    scales = []
    for family in Family:
        own = weights[START[family] : START[family] + BUCKETS[family]]
        scale = round(max(map(abs, own), default=0.0) / 127, 8) or 1.0
        scales.append(scale)
        whole.extend(round(weight / scale) for weight in own)
    return whole, tuple(scales)
