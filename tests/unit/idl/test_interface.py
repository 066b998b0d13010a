"""The interface as data: names, defaults, equality, the table of operations."""

from __future__ import annotations

import pickle

import pytest

from puretango import idl
from puretango.cdr import CdrReader, CdrWriter
from puretango.errors import DevError, DevFailed, NamedDevFailed, NamedDevFailedList


def test_interfaces_inherit() -> None:
    assert list(idl.INTERFACES) == ["Object", "Device"] + [f"Device_{n}" for n in range(2, 7)]
    assert idl.DEVICE_REPO_IDS[0] == "IDL:Tango/Device_6:1.0"
    assert idl.DEVICE_REPO_IDS[-2:] == ("IDL:Tango/Device:1.0", "IDL:omg.org/CORBA/Object:1.0")


def test_structs_fill_in_defaults() -> None:
    value = idl.AttributeValue_5(name="x", data_type=5)
    assert value.quality is idl.AttrQuality.ATTR_VALID
    assert value.r_dim == idl.AttributeDim(0, 0)
    assert value.err_list == []
    assert value != idl.AttributeValue_5(name="y", data_type=5)
    assert pickle.loads(pickle.dumps(value.r_dim)) == value.r_dim
    with pytest.raises(TypeError):
        idl.AttributeDim(1, 2, 3)  # type: ignore[call-arg]  # on purpose: it is refused


def test_enums_are_pytangos() -> None:
    assert str(idl.DevState.ON) == f"{idl.DevState.ON}" == "ON"
    assert f"{idl.DevState.OFF:d}" == "1"
    assert idl.DevState.names["ALARM"] is idl.DevState.values[11] is idl.DevState.ALARM
    assert idl.DevState.ON == 0


@pytest.mark.parametrize("little", [True, False])
def test_user_exceptions(little: bool) -> None:
    errors = (DevError("R", idl.ErrSeverity.ERR, "D", "O"), DevError("R2"))
    writer = CdrWriter(little)
    idl.encode_user_exception(writer, DevFailed(*errors))
    found = idl.decode_user_exception(CdrReader(writer.getvalue(), little))
    assert type(found) is DevFailed
    assert found.args == errors
    writer = CdrWriter(little)
    named = NamedDevFailedList(err_list=[NamedDevFailed("a", 1, errors)])
    idl.encode_user_exception(writer, named)
    multi = idl.decode_user_exception(CdrReader(writer.getvalue(), little))
    assert isinstance(multi, NamedDevFailedList)
    assert multi.err_list[0].name == "a"
    assert multi.err_list[0].err_stack == errors
    writer = CdrWriter(little)
    writer.string("IDL:vendor/Strange:1.0")
    assert idl.decode_user_exception(CdrReader(writer.getvalue(), little)) is None
