"""The commands of a device class at run time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from puretango.errors import DevFailed, Except
from puretango.idl import status_in_value, texts_in_value, texts_of_value
from puretango.server.base._failure import AUTHORS_ERRORS, to_dev_failed
from puretango.values import CmdArgType, DispLevel

if TYPE_CHECKING:
    from puretango.server.base._ports import Owner

UNINITIALISED = "Uninitialised"


class Command:
    """A command: its types and texts, and which methods run it and allow it."""

    __slots__ = (
        "allowed",
        "disp_level",
        "in_desc",
        "in_type",
        "is_default",
        "lower_name",
        "method",
        "name",
        "out_desc",
        "out_type",
        "polling_period",
    )

    def __init__(
        self,
        name: str,
        in_type: CmdArgType = CmdArgType.DevVoid,
        out_type: CmdArgType = CmdArgType.DevVoid,
        in_desc: str = UNINITIALISED,
        out_desc: str = UNINITIALISED,
        *,
        disp_level: DispLevel = DispLevel.OPERATOR,
        polling_period: int = 0,
        method: str | Callable[..., Any] = "",
        allowed: str | Callable[..., Any] | None = None,
        is_default: bool = False,
    ) -> None:
        self.name = name
        self.lower_name = name.lower()
        self.in_type = in_type
        self.out_type = out_type
        self.in_desc = in_desc or UNINITIALISED
        self.out_desc = out_desc or UNINITIALISED
        self.disp_level = disp_level
        self.polling_period = polling_period
        self.method = method or name
        self.allowed = allowed
        self.is_default = is_default

    def __repr__(self) -> str:
        return f"Command({self.name})"

    def get_name(self) -> str:
        """The command's name."""
        return self.name

    async def is_allowed(self, device: Owner) -> bool:
        """Ask the device whether the command may run now."""
        rule = self.allowed
        if rule is None:
            return True
        try:
            if isinstance(rule, str):
                return bool(await device._tango.call(getattr(device, rule)))
            return bool(await device._tango.call(rule, device))
        except AUTHORS_ERRORS as error:
            raise to_dev_failed(error) from error

    async def execute(self, device: Owner, argument: Any) -> Any:
        """Run the author's method."""
        method = self.method
        bound: Callable[..., Any]
        try:
            if isinstance(method, str):
                bound = getattr(device, method)
                if self.in_type == CmdArgType.DevVoid:
                    return await device._tango.call(bound)
                return await device._tango.call(bound, argument)
            if self.in_type == CmdArgType.DevVoid:
                return await device._tango.call(method, device)
            return await device._tango.call(method, device, argument)
        except AUTHORS_ERRORS as error:
            raise self.failed(error) from error

    @staticmethod
    def failed(error: BaseException) -> Exception:
        """The failure that the client sees: the author's error, then one that says that the command failed."""
        return to_dev_failed(error).add(
            "PyDs_UnexpectedFailure", "Cannot execute command", "Command::execute"
        )

    @staticmethod
    def unsendable(error: BaseException) -> Exception:
        """The failure that the client sees if the result is not of the command's type.

        As in PyTango a Tango error stands alone; a Python error is followed by one that says that the command failed.
        """
        return error if isinstance(error, DevFailed) else Command.failed(error)


class AdminCommand(Command):
    """A command of the admin device, which is the library's: its failures stand as they are.

    Its arguments and results are names and descriptions, so they are encoded as texts.
    """

    __slots__ = ()

    async def execute(self, device: Owner, argument: Any) -> Any:
        """Run the admin device's method."""
        return texts_in_value(await super().execute(device, texts_of_value(argument)))

    @staticmethod
    def failed(error: BaseException) -> Exception:
        """The failure itself."""
        return to_dev_failed(error)


class StateCommand(Command):
    """The command State, of every device."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("State", out_type=CmdArgType.DevState, out_desc="Device state")

    async def execute(self, device: Owner, argument: Any) -> Any:
        """The state, as the device's dev_state says."""
        state = device._tango.state
        return await state.current() if device._tango.is_asyncio else state.current_now()


class StatusCommand(Command):
    """The command Status, of every device."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("Status", out_type=CmdArgType.DevString, out_desc="Device status")

    async def execute(self, device: Owner, argument: Any) -> Any:
        """The status, as the device's dev_status says."""
        state = device._tango.state
        if not device._tango.is_asyncio:
            return status_in_value(state.current_status_now())
        return status_in_value(await state.current_status())


class InitCommand(Command):
    """The command Init, of every device: delete_device, then init_device."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("Init")

    async def execute(self, device: Owner, argument: Any) -> Any:
        """Initialise the device again."""
        try:
            await device._tango.state.reinitialise()
        except AUTHORS_ERRORS as error:
            failure = to_dev_failed(error)
            Except.re_throw_exception(
                failure, "API_InitThrowsException", "Init command failed!!", "Owner::init_cmd"
            )


STANDARD_COMMANDS = (InitCommand(), StateCommand(), StatusCommand())
"""The commands of every device; they hold no state, so all classes share them."""
