"""Caches of the hot path compute each word once and stay small."""

from workers.text.memo import ByIdentity, WordCache


def test_the_function_is_called_once_for_each_word():
    calls = []
    cache = WordCache(lambda word: calls.append(word) or len(word))
    assert [cache["tea"], cache["tea"]] == [3, 3]
    assert list(map(cache.__getitem__, ["tea", "milk"])) == [3, 4]
    assert calls == ["tea", "milk"]


def test_a_full_cache_is_emptied():
    cache = WordCache(len, max_size=2)
    assert [cache[word] for word in ("a", "bb", "ccc", "a")] == [1, 2, 3, 1]
    assert len(cache) <= 2


def test_long_words_are_not_cached():
    cache = WordCache(len)
    assert cache["a" * 10_000] == 10_000
    assert not cache


def test_keys_are_compared_by_identity():
    one, other = tuple("ab"), tuple("ab")
    assert {ByIdentity(one): 1}.get(ByIdentity(one)) == 1
    assert {ByIdentity(one): 1}.get(ByIdentity(other)) is None
