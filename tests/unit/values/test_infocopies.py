"""Copies of configurations: nothing that is done to one is seen in another."""

from __future__ import annotations

import copy
import pickle

from puretango import AttributeInfoEx
from puretango.values import copies_of_infos


def _info() -> AttributeInfoEx:
    info = AttributeInfoEx()
    info.name = "x"
    info.enum_labels.append("one")
    info.alarms.min_alarm = "1"
    info.events.ch_event.rel_change = "1"
    return info


def test_a_copy_is_its_own() -> None:
    first = _info()
    (kept,) = copies_of_infos([first])
    one, other = copies_of_infos([kept])[0], copies_of_infos([kept])[0]
    for changed in (first, one):
        changed.name = "y"
        changed.enum_labels.append("two")
        changed.alarms.min_alarm = "2"
        changed.events.ch_event.rel_change = "2"
    assert other == _info()
    assert kept == _info()
    assert one == first


def test_a_copy_of_a_changed_copy_has_the_changes() -> None:
    (kept,) = copies_of_infos([_info()])
    kept.enum_labels.append("two")
    kept.events.ch_event.rel_change = "2"
    (again,) = copies_of_infos([kept])
    kept.enum_labels.append("three")
    assert list(again.enum_labels) == ["one", "two"]
    assert again.events.ch_event.rel_change == "2"


def test_a_copy_looks_like_any_other() -> None:
    (kept,) = copies_of_infos([_info()])
    assert repr(copies_of_infos([kept])[0]) == repr(_info())
    assert str(copies_of_infos([kept])[0]) == str(_info())
    for made in (copy.copy(kept), copy.deepcopy(kept), pickle.loads(pickle.dumps(kept))):
        assert made == _info()
        assert repr(made) == repr(_info())
    assert AttributeInfoEx(kept) == _info()
