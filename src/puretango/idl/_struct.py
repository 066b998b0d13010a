"""The base of the interface's structs: annotated classes that compile their own codecs."""

from __future__ import annotations

from typing import Any, ClassVar, dataclass_transform

from puretango.cdr import Codec, StructCodec


def codec_of_annotation(annotation: Any) -> Codec[Any]:
    """The codec that an annotation names: Annotated[type, codec], a struct or an enum."""
    metadata = getattr(annotation, "__metadata__", None)
    codec: Codec[Any] = metadata[0] if metadata else annotation.codec
    return codec


@dataclass_transform(eq_default=True)
class StructType(type):
    """A metaclass that makes a slots class of the annotations, and its codec when first asked for."""

    _codec: StructCodec[Any] | None
    repo_id: str
    members: tuple[str, ...]

    def __new__(
        mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], repo_id: str = ""
    ) -> StructType:
        """A class whose slots are its annotations."""
        fields = {
            field: annotation
            for field, annotation in namespace.get("__annotations__", {}).items()
            if field not in ("members", "repo_id")
        }
        namespace["__slots__"] = tuple(fields)
        cls = super().__new__(mcs, name, bases, namespace)
        cls.members = tuple(fields)
        cls.repo_id = repo_id or f"IDL:Tango/{name}:1.0"
        cls._codec = None
        return cls

    def __init__(
        cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], repo_id: str = ""
    ) -> None:
        super().__init__(name, bases, namespace)

    @property
    def codec(cls) -> StructCodec[Any]:
        """The struct's codec."""
        if cls._codec is None:
            cls._codec = StructCodec(
                cls.repo_id,
                cls.__name__,
                cls,
                [
                    (field, codec_of_annotation(annotation))
                    for field, annotation in cls.__annotations__.items()
                ],
            )
        return cls._codec


class Struct(metaclass=StructType):
    """A struct of the interface: positional or keyword members, the rest at their defaults."""

    members: ClassVar[tuple[str, ...]]
    repo_id: ClassVar[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Compiled for each struct when the first one is made: import stays cheap.
        cls = type(self)
        cls.__init__ = _make_init(cls)  # type: ignore[method-assign]  # made of the members
        cls.__init__(self, *args, **kwargs)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.members)

    __hash__ = None  # type: ignore[assignment]  # the members may change

    def __repr__(self) -> str:
        items = ", ".join(f"{name} = {value!r}" for name, value in self._shown())
        return f"{type(self).__name__}({items})"

    def __str__(self) -> str:
        lines = [f"    {name} = {_text(value)}" for name, value in self._shown()]
        return "\n".join([f"{type(self).__name__}[", *lines, "]"])

    def _shown(self) -> list[tuple[str, Any]]:
        """The members in alphabetical order, as PyTango prints them."""
        from puretango.idl._enum import CmdArgType

        values = [(name, getattr(self, name)) for name in sorted(self.members)]
        return [
            (name, CmdArgType.values.get(value, value) if name == "data_type" else value)
            for name, value in values
        ]

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), tuple(getattr(self, name) for name in self.members))


def _text(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, Struct):
        return str(value).replace("\n", "\n    ")
    return repr(value)


_MISSING = object()
_CONSTANT = (bool, int, float, str)


def _make_init(cls: StructType) -> Any:
    """``__init__(self, a=…, b=…)`` that sets the members, in order."""
    names: dict[str, Any] = {"MISSING": _MISSING}
    params, lines = [], []
    for name, codec in cls.codec.members:
        default = codec.default()
        if isinstance(default, _CONSTANT):
            names[f"default_{name}"] = default
            params.append(f"{name}=default_{name}")
            lines.append(f"    self.{name} = {name}")
        else:
            # Lists and structs may be changed: every object gets its own.
            names[f"default_{name}"] = codec.default
            params.append(f"{name}=MISSING")
            lines.append(f"    self.{name} = {name} if {name} is not MISSING else default_{name}()")
    exec("\n".join([f"def __init__(self, {', '.join(params)}):", *lines]), names)
    return names["__init__"]
