"""Bodies of pages: found at their own version only, and never more of them than fit."""

from server.accounts.page_cache import PageCache
from server.store.accounts.page_versions import PageVersion

OLD, NEW, RENAMED = PageVersion(1, 1), PageVersion(2, 1), PageVersion(1, 2)


def test_a_page_is_repeated_when_it_is_asked_for_again() -> None:
    cache = PageCache(100)
    assert [cache.is_repeated(key) for key in ("a", "b", "a", "b")] == [False, False, True, True]


def test_a_body_is_found_at_its_version_and_forgotten_at_another() -> None:
    cache = PageCache(100)
    for other in (NEW, RENAMED):
        cache.put("a", OLD, b"page")
        assert cache.find("a", OLD) == b"page"
        assert cache.is_repeated("a")
        assert cache.find("a", other) is None
        assert cache.find("a", OLD) is None
        # An account that changes all the time is not asked for its version at each page.
        assert not cache.is_repeated("a")
        assert cache.is_repeated("a")


def test_the_pages_used_last_stay() -> None:
    cache = PageCache(10)
    cache.put("a", OLD, b"1234")
    cache.put("b", OLD, b"1234")
    assert cache.find("a", OLD)
    cache.put("c", OLD, b"1234")
    assert [cache.find(key, OLD) is not None for key in ("a", "b", "c")] == [True, False, True]
    cache.put("c", NEW, b"123456")
    assert [cache.find(key, NEW if key == "c" else OLD) is not None for key in ("a", "c")] == [True, True]
    cache.put("d", OLD, b"12345678901")
    assert cache.find("d", OLD) is None
    assert cache.find("c", NEW) == b"123456"
