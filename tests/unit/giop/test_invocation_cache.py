"""The cache of requests: which go when it is full."""

from __future__ import annotations

from puretango.giop import Invocation, InvocationCache, RequestTemplate, whole_request


def _message(number: int) -> bytes:
    template = RequestTemplate(b"a/b/c", "op")
    return b"".join(bytes(part) for part in template.build(2, [number.to_bytes(4, "little")]))


def _asked(cache: InvocationCache, number: int) -> bool:
    """Ask as a listener does; True if the request was known."""
    data = _message(number)
    if cache.find(data) is not None:
        return True
    request = whole_request(data)
    assert request is not None
    cache.keep(Invocation(request))
    return False


def test_requests_in_turn_that_are_more_than_it_holds() -> None:
    """Most of them are found, though there are a fifth more than places."""
    cache = InvocationCache(limit=500)
    for _ in range(3):
        for number in range(600):
            _asked(cache, number)
    known = sum(_asked(cache, number) for number in range(600))
    assert known > 300
    assert len(cache._known) <= 500


def test_what_came_once_goes_for_what_comes_again() -> None:
    cache = InvocationCache(limit=200)
    for number in range(10_000):
        _asked(cache, number)
    for _ in range(12):
        for number in range(20_000, 20_050):
            _asked(cache, number)
    assert all(_asked(cache, number) for number in range(20_000, 20_050))
    assert len(cache._known) <= 200


def test_forgetting_all() -> None:
    cache = InvocationCache(limit=3)
    for number in range(10):
        _asked(cache, number)
    cache.clear()
    assert not _asked(cache, 9)
    assert _asked(cache, 9)
