"""Properties of every family, and their history."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from puretango.errors import StoreError
from puretango.store import Store

LATIN_1 = st.text(st.characters(min_codepoint=1, max_codepoint=255), max_size=300)


def test_put_get_delete(store: Store) -> None:
    properties = store.device_properties
    properties.put(("a/b/c",), "Prop", ["1", "two", ""])
    assert properties.get(("A/B/C",), "PROP") == ["1", "two", ""]
    properties.put(("a/b/c",), "prop", ["3"])
    assert properties.get(("a/b/c",), "Prop") == ["3"]
    assert properties.names("a/b/c", "*") == ["prop"]
    properties.delete(("a/b/c",), "Prop")
    assert properties.get(("a/b/c",), "Prop") == []
    assert properties.names("a/b/c", "*") == []


def test_wildcards(store: Store) -> None:
    properties = store.object_properties
    for name in ("alpha", "alp_a", "beta"):
        properties.put(("Obj",), name, [name.upper()])
    assert properties.names("obj", "al*") == ["alpha", "alp_a"]
    assert properties.get(("obj",), "alp_*") == ["ALP_A"]
    assert properties.names("O*", "beta", column="object") == ["Obj"]
    properties.delete(("obj",), "al*")
    assert properties.names("obj", "*") == ["beta"]


def test_history_tells_changes_and_deletions_oldest_first(store: Store) -> None:
    properties = store.class_properties
    properties.put(("Motor",), "speed", ["1"])
    properties.put(("Motor",), "speed", ["2", "3"])
    properties.delete(("Motor",), "speed")
    history = properties.history("motor", "sp*")
    assert [(each.name, each.deleted, each.values) for each in history] == [
        ("speed", False, ["1"]),
        ("speed", False, ["2", "3"]),
        ("speed", True, []),
    ]
    assert all(len(each.date) == len("2026-11-21 02:30:00") for each in history)


def test_history_keeps_the_last_changes_only(store: Store) -> None:
    properties = store.device_properties
    for value in range(13):
        properties.put(("a/b/c",), "p", [str(value), "more"])
    assert [each.values[0] for each in properties.history("a/b/c", "p")] == [
        str(value) for value in range(3, 13)
    ]
    store.set_history_depth(2)
    properties.put(("a/b/c",), "p", ["last"])
    assert [each.values[0] for each in properties.history("a/b/c", "p")] == ["12", "last"]


def test_deleting_what_is_not_there_leaves_no_trace(store: Store) -> None:
    store.class_properties.delete(("Motor",), "nothing")
    assert store.class_properties.history("Motor", "*") == []


@pytest.mark.parametrize("family", ["device_attributes", "device_pipes"])
def test_members(store: Store, family: str) -> None:
    properties = getattr(store, family)
    properties.put(("a/b/c", "Ampli"), "label", ["Amplitude"])
    properties.put(("a/b/c", "ampli"), "rel_change", ["1", "2"])
    properties.put(("a/b/c", "current"), "unit", ["A"])
    assert properties.of_member(("A/b/c", "AMPLI")) == [
        ("label", ["Amplitude"]),
        ("rel_change", ["1", "2"]),
    ]
    assert [(name, values) for _, name, values in properties.of_owner("a/b/c")] == [
        ("label", ["Amplitude"]),
        ("rel_change", ["1", "2"]),
        ("unit", ["A"]),
    ]
    column = "attribute" if family == "device_attributes" else "pipe"
    assert [each.upper() for each in properties.names("a/b/c", "*", column=column)] == [
        "AMPLI",
        "CURRENT",
    ]
    properties.delete_member(("a/b/c", "ampli"))
    assert properties.of_member(("a/b/c", "ampli")) == []
    assert [each.deleted for each in properties.history("a/b/c", "ampli", "*")] == [
        False,
        False,
        True,
        True,
    ]
    properties.drop_members("a/b/c", "*")
    assert properties.of_owner("a/b/c") == []
    assert [each.deleted for each in properties.history("a/b/c", "current", "*")] == [False]


def test_a_memorized_value_has_no_history(store: Store) -> None:
    attributes = store.device_attributes
    attributes.put_memorized(("a/b/c", "ampli"), "1.5")
    attributes.put_memorized(("A/b/c", "AMPLI"), "2.5")
    assert attributes.get(("a/b/c", "ampli"), "__value") == ["2.5"]
    assert attributes.history("a/b/c", "ampli", "*") == []


def test_forwarded_attributes(store: Store) -> None:
    attributes = store.device_attributes
    attributes.put(("a/b/fwd", "remote"), "__root_att", ["Sys/tg_test/1/ampli"])
    attributes.put(("a/b/fwd", "other"), "__root_att", ["sys/tg_test/11/ampli"])
    assert store.forwarded_attributes("sys/TG_test/1") == [
        ("a/b/fwd", "remote", "Sys/tg_test/1/ampli")
    ]


def test_counts(store: Store) -> None:
    store.devices.add("S/1", "a/b/c", "C")
    store.devices.add_admin("S/1")
    store.devices.export("a/b/c", "IOR:", "h", 1, "6")
    store.object_properties.put(("o",), "p", ["1", "2"])
    assert store.count("devices") == 2
    assert store.count("exported") == 1
    assert store.count("servers") == 1
    assert store.count("servers exported") == 0
    assert store.count("property") == 2
    assert store.count("property_hist") == 2


def test_free_select(store: Store) -> None:
    store.devices.add("S/1", "a/b/c", "C")
    assert store.select("SELECT name, alias, pid FROM device") == (3, [("a/b/c", None, 0)])
    with pytest.raises(StoreError, match="only a SELECT"):
        store.select("DELETE FROM device")
    with pytest.raises(StoreError):
        store.select("SELECT nonsense FROM nowhere")
    assert store.count("devices") == 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(values=st.lists(LATIN_1, max_size=5), name=LATIN_1.filter(lambda s: "*" not in s))
def test_any_latin_1_text_comes_back(values: list[str], name: str) -> None:
    with Store() as store:
        store.object_properties.put(("o",), name, values)
        assert store.object_properties.get(("o",), name) == values
