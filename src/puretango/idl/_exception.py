"""The two user exceptions of the interface, to and from their replies' bodies."""

from __future__ import annotations

from puretango.cdr import CdrReader, CdrWriter
from puretango.errors import DevFailed, NamedDevFailed, NamedDevFailedList
from puretango.idl._device import NamedDevError, NamedDevErrorList
from puretango.idl._types import DevErrorList

DEV_FAILED_ID = "IDL:Tango/DevFailed:1.0"
MULTI_DEV_FAILED_ID = "IDL:Tango/MultiDevFailed:1.0"


def encode_user_exception(writer: CdrWriter, failure: DevFailed) -> None:
    """The body of a reply with status USER_EXCEPTION: repository id, then the errors."""
    if isinstance(failure, NamedDevFailedList) and failure.err_list:
        writer.string(MULTI_DEV_FAILED_ID)
        NamedDevErrorList.encode(
            writer,
            [
                NamedDevError(each.name, each.idx_in_call, list(each.err_stack))
                for each in failure.err_list
            ],
        )
    else:
        writer.string(DEV_FAILED_ID)
        DevErrorList.encode(writer, failure.errors)


def decode_user_exception(reader: CdrReader) -> DevFailed | None:
    """The exception in a reply's body; None if its repository id is not one of Tango's."""
    repo_id = reader.string()
    if repo_id == DEV_FAILED_ID:
        return DevFailed(*DevErrorList.decode(reader))
    if repo_id == MULTI_DEV_FAILED_ID:
        named = NamedDevErrorList.decode(reader)
        return NamedDevFailedList(
            *(error for each in named for error in each.err_list),
            err_list=[
                NamedDevFailed(each.name, each.index_in_call, each.err_list) for each in named
            ],
        )
    return None
