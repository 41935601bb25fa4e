"""The names of ranges are features of the shipped weights."""

from hashlib import sha256

from workers.text import style_measures

#: Of the names when the shipped weights were trained. Train again after a change, and write the new one.
TRAINED = "9ee1331e7c4cf9a8"


def test_the_ranges_are_those_of_the_training() -> None:
    names = [name for names in style_measures._NAMES for name in names]
    assert sha256("\n".join(names).encode()).hexdigest().startswith(TRAINED)


def test_ranges_ascend() -> None:
    for name, _, ends in style_measures._TABLE:
        assert list(ends) == sorted(set(ends)), name
