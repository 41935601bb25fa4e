"""Memory asks once, and stays small."""

from workers.text.memo import Memory, Same


def test_a_word_is_asked_about_once():
    asked = []
    memory = Memory(lambda word: asked.append(word) or len(word))
    assert [memory["tea"], memory["tea"]] == [3, 3]
    assert list(map(memory.__getitem__, ["tea", "milk"])) == [3, 4]
    assert asked == ["tea", "milk"]


def test_a_full_memory_forgets():
    memory = Memory(len, most=2)
    assert [memory[word] for word in ("a", "bb", "ccc", "a")] == [1, 2, 3, 1]
    assert len(memory) <= 2


def test_long_words_are_not_kept():
    memory = Memory(len)
    assert memory["a" * 10_000] == 10_000
    assert not memory


def test_only_the_same_object_is_the_same():
    one, other = tuple("ab"), tuple("ab")
    assert {Same(one): 1}.get(Same(one)) == 1
    assert {Same(one): 1}.get(Same(other)) is None
