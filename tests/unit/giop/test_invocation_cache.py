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


def _shaped(value: bytes, key: bytes = b"a/b/c", tail: bytes = b"tail") -> bytes:
    template = RequestTemplate(key, "write")
    return b"".join(bytes(part) for part in template.build(7, [b"head" + value + tail]))


def _keep(cache: InvocationCache, data: bytes, plan: str, value: bytes) -> None:
    request = whole_request(data)
    assert request is not None
    invocation = Invocation(request)
    invocation.plan = plan
    place = data.rindex(b"head" + value) + 4
    invocation.span = (place, place + len(value))
    cache.keep(invocation)


def test_a_request_is_found_by_the_octets_around_its_value() -> None:
    cache = InvocationCache()
    _keep(cache, _shaped(b"1111"), "plan", b"1111")
    other = _shaped(b"2222")
    found = cache.find(other)
    assert found is not None
    assert found.plan == "plan"
    assert found.data == other
    assert found.object_key == b"a/b/c"
    assert cache.find(_shaped(b"2222", tail=b"last")) is None
    assert cache.find(_shaped(b"2222", key=b"a/b/d")) is None
    assert cache.find(_shaped(b"22222222")) is None
    assert cache.find(_shaped(b"tail2222", tail=b"")) is None


def test_shapes_of_one_size_have_their_own_places() -> None:
    cache = InvocationCache(limit=64)
    for size in range(4, 40, 4):  # more than are tried for one size
        value = b"v" * size
        _keep(cache, _shaped(value, tail=b"t" * (40 - size)), f"plan {size}", value)
    for size in range(12, 40, 4):
        found = cache.find(_shaped(b"w" * size, tail=b"t" * (40 - size)))
        assert found is not None
        assert found.plan == f"plan {size}"


def test_shapes_make_room_too() -> None:
    cache = InvocationCache(limit=20)
    for size in range(4, 804, 4):
        value = bytes(size)
        _keep(cache, _shaped(value), "plan", value)
        assert cache.find(_shaped(b"x" * size)) is not None
    assert len(cache._known) <= 40
    assert len(cache._spans) <= 20
