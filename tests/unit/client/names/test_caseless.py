"""Lists and dictionaries that ignore case."""

from __future__ import annotations

import pytest

from puretango.utils import CaselessDict, CaselessList


def test_list() -> None:
    names = CaselessList(["Alpha", "beta"])
    assert "ALPHA" in names
    assert 3 not in names
    assert (names.index("BETA"), names.count("alpha"), names.findentry("alpha")) == (1, 1, "Alpha")
    names.append("Gamma")
    names.remove("gamma")
    names += ["delta"]
    assert names.lowercopy() == ["alpha", "beta", "delta"]
    assert isinstance(names[0:1].__add__(["x"]), CaselessList)
    with pytest.raises(ValueError, match="not in list"):
        names.index("omega")
    with pytest.raises(TypeError):
        names.append(3)  # type: ignore[arg-type]  # PyTango's signature, not the built-in's


def test_dict() -> None:
    table = CaselessDict({"One": 1})
    table["TWO"] = 2
    assert (table["one"], table.get("Two"), "ONE" in table, table.pop("none", 5)) == (1, 2, True, 5)
    table.update({"Three": 3})
    assert list(table.keys()) == ["one", "two", "three"]
    del table["THREE"]
    assert table.setdefault("Four", 4) == 4
    assert not table.has_key("three")
