"""PipeData: everything that is declared of a pipe in a device class; ``pipe`` declares one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from puretango.errors import Except
from puretango.values import DispLevel, PipeWriteType

_READ, _READ_WRITE = PipeWriteType.PIPE_READ, PipeWriteType.PIPE_READ_WRITE
_TEXTS = ("label", "description")


class UserDefaultPipeProp:
    """The author's defaults for a pipe: its label and its description."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def set_label(self, def_label: str) -> None:
        """Set the label that the pipe has unless the database says otherwise."""
        self.texts["label"] = def_label

    def set_description(self, def_description: str) -> None:
        """Set the description that the pipe has unless the database says otherwise."""
        self.texts["description"] = def_description


def _wrong(desc: str, origin: str = "create_pipe()") -> NoReturn:
    Except.throw_exception("PyDs_WrongPipeDefinition", desc, origin)
    raise AssertionError  # pragma: no cover - the line above raises


def _user_defaults(info: Mapping[str, Any]) -> UserDefaultPipeProp:
    found = UserDefaultPipeProp()
    for key, value in info.items():
        name = {"doc": "description"}.get(key.lower(), key.lower())
        if name not in _TEXTS:
            _wrong(
                "Wrong definition of pipe. "
                f"The object extra information '{key}' is not recognized!",
                "create_user_default_pipe_prop()",
            )
        found.texts[name] = str(value)
    return found


class PipeData:
    """The declaration of a pipe, from keywords or from a low-level ``pipe_list`` entry."""

    fget: Any = None
    fset: Any = None
    fisallowed: Any = None
    read_green_mode = write_green_mode = isallowed_green_mode = True

    def __init__(self, name: str | None, class_name: str | None, pipe_info: Any = None) -> None:
        self.class_name = class_name
        self.pipe_name: str | None = name
        self.pipe_write = _READ
        self.display_level = DispLevel.OPERATOR
        self.read_method_name: str | None = None
        self.write_method_name: str | None = None
        self.is_allowed_name: str | None = None
        self.pipe_prop: UserDefaultPipeProp | None = None
        if name is not None:
            self._set_name(name)
        if pipe_info is not None:
            self.from_pipe_info(pipe_info)

    def _set_name(self, name: str) -> None:
        self.pipe_name = name
        self.read_method_name = self.read_method_name or f"read_{name}"
        self.write_method_name = self.write_method_name or f"write_{name}"
        self.is_allowed_name = self.is_allowed_name or f"is_{name}_allowed"

    @classmethod
    def from_dict(cls, pipe_dict: Mapping[str, Any]) -> PipeData:
        """A declaration from the keywords of ``pipe``."""
        info = dict(pipe_dict)
        data = PipeData(info.pop("name", None), info.pop("class_name", None))
        return data.build_from_dict(info)

    def build_from_dict(self, pipe_dict: dict[str, Any]) -> PipeData:
        """Take the keywords of ``pipe``; what is left over is configuration."""
        info = pipe_dict
        self.display_level = info.pop("display_level", DispLevel.OPERATOR)
        access = info.pop("access", None)
        reads = info.pop("fget", None) or info.pop("fread", None)
        writes = info.pop("fset", None) or info.pop("fwrite", None)
        rule = info.pop("fisallowed", None)
        info.pop("klass", None)
        if access is None:
            access = _READ_WRITE if reads is not None and writes is not None else _READ
        self.pipe_write = PipeWriteType(access)
        self._take("fget", "read_method_name", reads)
        self._take("fset", "write_method_name", writes)
        self._take("fisallowed", "is_allowed_name", rule)
        if info:
            self.pipe_prop = _user_defaults(info)
        return self

    def _take(self, member: str, name: str, method: Any) -> None:
        if isinstance(method, str):
            setattr(self, name, method)
        elif method is not None:
            setattr(self, member, method)

    def from_pipe_info(self, pipe_info: Any) -> None:
        """Take a low-level entry: ``[write type]`` or ``[write type, {extra}]``."""
        where = f"pipe {self.pipe_name} in class {self.class_name}"
        if (
            isinstance(pipe_info, (str, bytes))
            or not isinstance(pipe_info, Sequence)
            or len(pipe_info) not in (1, 2)
        ):
            _wrong(
                f"Wrong data type for value for describing {where}\n"
                "Must be a sequence with 1 or 2 elements"
            )
        extra = {}
        if len(pipe_info) == 2:
            extra = {key.lower(): value for key, value in pipe_info[1].items()}
        try:
            self.pipe_write = PipeWriteType(pipe_info[0])
        except ValueError:
            _wrong(
                f"Wrong data write type in pipe argument for {where}\n"
                "Pipe write type must be a tango.PipeWriteType"
            )
        try:
            self.display_level = DispLevel(extra.pop("display level", DispLevel.OPERATOR))
        except ValueError:
            _wrong(
                f"Wrong display level in pipe information for {where}\n"
                "Pipe information for display level is not a tango.DispLevel"
            )
        extra.pop("klass", None)
        if extra:
            self.pipe_prop = _user_defaults(extra)


class pipe(PipeData):
    """Declares a pipe of a :class:`Device`, as a decorator or by assignment.

    ::

        class Detector(Device):
            @pipe(label="Region Of Interest")
            def ROI(self):
                return "ROI", {"x": 0, "y": 10, "size": [100, 200]}

            @ROI.write
            def ROI(self, blob):
                name, elements = blob

    Keywords: ``name display_level access fget/fread fset/fwrite fisallowed label
    doc/description green_mode read_green_mode write_green_mode isallowed_green_mode``.

    A read method returns a blob: ``(name, elements)``, with the elements as a dict, as pairs, or
    as dicts of ``name``, ``value`` and optionally ``dtype``.
    """

    def __init__(self, fget: Any = None, **kwargs: Any) -> None:
        self._kwargs = dict(kwargs)
        name, class_name = kwargs.pop("name", None), kwargs.pop("class_name", None)
        green_mode = kwargs.pop("green_mode", True)
        self.read_green_mode = kwargs.pop("read_green_mode", green_mode)
        self.write_green_mode = kwargs.pop("write_green_mode", green_mode)
        self.isallowed_green_mode = kwargs.pop("isallowed_green_mode", green_mode)
        fget = fget or kwargs.pop("fread", None) or kwargs.pop("fget", None)
        if fget is not None:
            doc = getattr(fget, "__doc__", None) if callable(fget) else None
            if doc and not {"doc", "description"} & set(kwargs):
                kwargs["doc"] = doc
            kwargs["fget"] = fget
        super().__init__(name, class_name)
        self.__doc__ = kwargs.get("doc", kwargs.get("description", "TANGO pipe"))
        self.build_from_dict(kwargs)

    def get_pipe(self, obj: Any) -> Any:
        """The device's own pipe object."""
        return obj.get_device_class().get_pipe_by_name(self.pipe_name, obj.get_name())

    def __get__(self, obj: Any, objtype: Any = None) -> Any:
        if obj is None:
            return self
        return self.get_pipe(obj)

    def __set__(self, obj: Any, value: Any) -> None:
        self.get_pipe(obj).set_value(value)

    def setter(self, fset: Callable[..., Any]) -> pipe:
        """Decorator: the method that writes the pipe."""
        self.fset = fset
        self.pipe_write = _READ_WRITE
        return self

    def write(self, fset: Callable[..., Any]) -> pipe:
        """Decorator: the method that writes the pipe."""
        return self.setter(fset)

    def is_allowed(self, fisallowed: Callable[..., Any]) -> pipe:
        """Decorator: the method that says whether the request may be done now."""
        self.fisallowed = fisallowed
        return self

    def __call__(self, fget: Callable[..., Any]) -> pipe:
        return type(self)(fget=fget, **self._kwargs)
