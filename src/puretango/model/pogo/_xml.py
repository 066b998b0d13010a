"""XML as Pogo writes it: parsed without DOCTYPE and entities, written back octet for octet."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

__all__ = ["BadXml", "parse_xml", "xml_text"]

_MAX_BYTES = 20_000_000
_MAX_DEPTH = 64


class BadXml(ValueError):
    """The file is not valid XML of Pogo's: the text says why, with the line if there is one."""


def parse_xml(data: bytes) -> Element:
    """The root element; names keep their prefixes as they are written.

    Raises BadXml: not well formed, with a DOCTYPE or entity declarations, too large or too deep.
    """
    if len(data) > _MAX_BYTES:
        raise BadXml(f"{len(data)} bytes: more than {_MAX_BYTES} are not read")
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise BadXml(f"line {parser.CurrentLineNumber}: nested too deep")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_: Any) -> Any:
        raise BadXml(
            f"line {parser.CurrentLineNumber}: a DOCTYPE or an entity declaration, "
            "which no Pogo file has"
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    try:
        parser.Parse(data, True)
        return builder.close()
    except expat.ExpatError as error:
        raise BadXml(f"line {error.lineno}: {expat.ErrorString(error.code)}") from None
    except (LookupError, AssertionError) as error:
        raise BadXml(str(error)) from None


def xml_text(root: Element) -> bytes:
    """The document: two spaces a level, ASCII with character references, as EMF writes it."""
    lines = ['<?xml version="1.0" encoding="ASCII"?>']
    _write(root, 0, lines)
    return ("\n".join(lines) + "\n").encode("ascii")


def _write(element: Element, level: int, lines: list[str]) -> None:
    attributes = "".join(f' {name}="{_quoted(text)}"' for name, text in element.attrib.items())
    opening = f"{'  ' * level}<{element.tag}{attributes}"
    text = element.text or ""
    if len(element):
        lines.append(opening + ">")
        for child in element:
            _write(child, level + 1, lines)
        lines.append(f"{'  ' * level}</{element.tag}>")
    elif text:
        lines.append(f"{opening}>{_escaped(text)}</{element.tag}>")
    else:
        lines.append(opening + "/>")


def _ascii(text: str) -> str:
    return "".join(one if ord(one) < 128 else f"&#x{ord(one):x};" for one in text)


def _escaped(text: str) -> str:
    return _ascii(text.replace("&", "&amp;").replace("<", "&lt;").replace("\r", "&#xD;"))


def _quoted(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return _ascii(text.replace("\n", "&#xA;").replace("\r", "&#xD;").replace("\t", "&#x9;"))
