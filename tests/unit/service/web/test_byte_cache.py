"""What a web process remembers: the last state of everything, and never too many bytes."""

from service.web.byte_cache import LARGEST, Memory


def test_only_the_last_value_is_remembered() -> None:
    memory: Memory[int] = Memory(1000)
    for n in range(100):
        memory.put("a page", n, 10)
    assert (memory.get("a page"), memory.bytes) == (99, 10)
    assert memory.get("another") is None


def test_what_was_not_asked_for_longest_is_dropped() -> None:
    memory: Memory[str] = Memory(320)
    for n in range(16):
        memory.put(n, "known", 20)
    memory.get(0)
    memory.put(16, "known", 20)
    assert [n for n in range(17) if memory.get(n) is None] == [1]
    assert memory.bytes <= 320


def test_a_huge_value_pushes_nothing_out() -> None:
    memory: Memory[str] = Memory(160)
    memory.put("small", "known", 10)
    memory.put("huge", "known", int(160 * LARGEST) + 1)
    assert (memory.get("small"), memory.get("huge"), memory.bytes) == ("known", None, 10)


def test_a_value_that_became_huge_is_forgotten() -> None:
    memory: Memory[str] = Memory(160)
    memory.put("a page", "old", 10)
    memory.put("a page", "new", 100)
    assert (memory.get("a page"), memory.bytes) == (None, 0)
