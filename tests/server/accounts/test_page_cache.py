"""Bodies of pages: found at their own version only, never more of them than fit, and not for long unless asked for."""

import pytest

from server.accounts import page_cache
from server.accounts.page_cache import PageCache
from server.store.accounts.page_versions import PageVersion

OLD, NEW, RENAMED = PageVersion(1, 1), PageVersion(2, 1), PageVersion(1, 2)


def body_of(cache: PageCache, key: str, version: PageVersion = OLD) -> bytes | None:
    page = cache.find(key, version)
    return None if page is None else page.body


def test_a_body_is_found_at_its_version_and_forgotten_at_another() -> None:
    cache = PageCache(100)
    for other in (NEW, RENAMED):
        cache.put("a", OLD, b"page")
        assert body_of(cache, "a") == b"page"
        assert body_of(cache, "a", other) is None
        assert body_of(cache, "a") is None


def test_a_body_is_found_with_its_coding() -> None:
    cache = PageCache(100)
    cache.put("a", OLD, b"page", "gzip")
    page = cache.find("a", OLD)
    assert page is not None
    assert page.coding == "gzip"


def test_the_pages_used_last_stay() -> None:
    cache = PageCache(10)
    cache.put("a", OLD, b"1234")
    cache.put("b", OLD, b"1234")
    assert body_of(cache, "a")
    cache.put("c", OLD, b"1234")
    assert [body_of(cache, key) is not None for key in ("a", "b", "c")] == [True, False, True]
    cache.put("c", NEW, b"123456")
    assert body_of(cache, "a") == b"1234"
    assert body_of(cache, "c", NEW) == b"123456"
    cache.put("d", OLD, b"12345678901")
    assert body_of(cache, "d") is None
    assert body_of(cache, "c", NEW) == b"123456"


def test_a_cache_of_no_bytes_has_no_page() -> None:
    cache = PageCache(0)
    cache.put("a", OLD, b"1")
    assert body_of(cache, "a") is None


def test_pages_that_are_not_asked_for_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(page_cache, "monotonic", lambda: now)
    cache = PageCache(10)
    cache.put("a", OLD, b"1234")
    cache.put("b", OLD, b"1234")
    now = 1050.0
    assert body_of(cache, "a")
    now = 1061.0
    cache.forget_unused(60.0)
    assert [body_of(cache, key) is not None for key in ("a", "b")] == [True, False]
    # Their bytes are free again.
    cache.put("c", OLD, b"123456")
    assert [body_of(cache, key) is not None for key in ("a", "c")] == [True, True]


def test_all_pages_are_forgotten() -> None:
    cache = PageCache(10)
    cache.put("a", OLD, b"1234567890")
    cache.forget()
    assert body_of(cache, "a") is None
    cache.put("b", OLD, b"1234567890")
    assert body_of(cache, "b")
