"""Db… data classes, and properties as the database's commands carry them."""

from __future__ import annotations

import pytest

from puretango import DbData, DbDatum, DbHistory, DevFailed
from puretango.client import db_data_of, dict_of_db_data
from puretango.client.database.calls._property import (
    read_attribute_properties,
    read_history,
    read_properties,
    write_attribute_properties,
    write_properties,
)


def test_datum_is_a_list_with_a_name() -> None:
    datum = DbDatum(b"name")
    datum.append("a")
    datum.extend([b"b", "c"])
    datum[0] = "z"
    del datum[1]
    datum *= 2
    assert list(datum) == ["z", "c", "z", "c"]
    assert (len(datum), datum.size(), datum.is_empty(), "z" in datum) == (4, 4, False, True)
    assert repr(DbDatum("n", ["v"])) == "DbDatum(name = 'n', value_string = ['v'])"
    assert str(DbDatum("n")) == 'DbDatum[\n    name = "n"\n    value_string = []\n]'


def test_whatever_is_taken_for_properties() -> None:
    assert dict_of_db_data(db_data_of("a")) == {"a": []}
    assert dict_of_db_data(db_data_of(["a", DbDatum("b", ["1"])])) == {"a": [], "b": ["1"]}
    assert dict_of_db_data(db_data_of({"a": [1, 2], "b": 3, "c": "x"})) == {
        "a": ["1", "2"],
        "b": ["3"],
        "c": ["x"],
    }
    nested = db_data_of({"attr": {"unit": "V", "alarm": [1, 2]}})
    assert [(datum.name, list(datum)) for datum in nested] == [
        ("attr", ["2"]),
        ("unit", ["V"]),
        ("alarm", ["1", "2"]),
    ]
    with pytest.raises(TypeError):
        db_data_of(3)


def test_properties_there_and_back() -> None:
    data = db_data_of({"a": ["1", "2"], "b": []})
    sent = write_properties("dev", data)
    assert sent == ["dev", "2", "a", "2", "1", "2", "b", "0"]
    found = DbData()
    read_properties(["dev", "2", "a", "2", "1", "2", "b", "0", " "], found, "here")
    assert dict_of_db_data(found) == {"a": ["1", "2"], "b": []}


def test_attribute_properties_there_and_back() -> None:
    data = db_data_of({"attr": {"unit": "V"}, "other": {}})
    sent = write_attribute_properties("dev", data, "here")
    assert sent == ["dev", "2", "attr", "1", "unit", "1", "V", "other", "0"]
    found = DbData()
    read_attribute_properties(sent, found, "here")
    assert [datum.name for datum in found] == ["attr", "unit", "other"]
    with pytest.raises(DevFailed, match="number of properties"):
        write_attribute_properties("dev", DbData([DbDatum("attr")]), "here")


@pytest.mark.parametrize("reply", [[], ["dev"], ["dev", "x"], ["dev", "1", "a", "5", "b"]])
def test_incoherent_answers(reply: list[str]) -> None:
    with pytest.raises(DevFailed, match="API_IncoherentDbData"):
        read_properties(reply, DbData(), "here")


def test_history() -> None:
    reply = ["attr", "unit", "2026-11-21 03:00:00", "1", "V", "attr", "unit", "no date", "0"]
    first, second = read_history(reply, True, "here")
    assert (first.get_attribute_name(), first.get_name()) == ("attr", "unit")
    assert list(first.get_value()) == ["V"]
    assert (first.get_date(), second.get_date()) == ("21/11/2026 03:00:00", "no date")
    assert (first.is_deleted(), second.is_deleted()) == (False, True)
    with pytest.raises(DevFailed, match="API_HistoryInvalid"):
        read_history(["name", "date", "many"], False, "here")
    with pytest.raises(TypeError):
        DbHistory("name")
