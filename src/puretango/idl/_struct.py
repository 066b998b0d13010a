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
    """Makes a slots class of the annotations, and its codec when first asked for."""

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
        members = self.members
        if len(args) > len(members):
            raise TypeError(f"{type(self).__name__} has {len(members)} members")
        for name, value in zip(members, args, strict=False):
            setattr(self, name, value)
        if len(args) + len(kwargs) < len(members):
            for name, codec in type(self).codec.members[len(args) :]:
                if name not in kwargs:
                    setattr(self, name, codec.default())
        for name, value in kwargs.items():
            setattr(self, name, value)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.members)

    __hash__ = None  # type: ignore[assignment]  # the members may change

    def __repr__(self) -> str:
        items = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.members)
        return f"{type(self).__name__}({items})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), tuple(getattr(self, name) for name in self.members))
