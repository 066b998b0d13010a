"""Cutting a long message into fragments."""

from __future__ import annotations

from collections.abc import Sequence

from puretango.giop._header import HEADER_SIZE, MessageType, build_header

Buffer = bytes | bytearray | memoryview


def fragment(
    kind: MessageType,
    body: Sequence[Buffer],
    size: int,
    minor: int = 2,
    *,
    little: bool = True,
) -> list[Buffer]:
    """The message ``header + body`` as a first message and Fragments of about ``size`` bytes.

    The first four bytes of a GIOP 1.2 body are its request id, which every Fragment repeats.
    """
    pieces = [memoryview(piece).cast("B") for piece in body if len(piece)]
    total = sum(map(len, pieces))
    # GIOP 1.2, 15.4.9: every fragment but the last has a length, header included, that is a
    # multiple of 8, so that the alignment of the joined body is kept.
    room = max(size // 8 * 8, 32)
    ident = bytes(pieces[0][:4]) if minor == 2 else b""
    out: list[Buffer] = []
    done = 0
    while done < total:
        prefix = ident if done else b""
        step = min(room - HEADER_SIZE - len(prefix), total - done)
        more = done + step < total
        header = build_header(
            MessageType.FRAGMENT if done else kind,
            step + len(prefix),
            minor,
            little=little,
            more=more,
        )
        out.append(header + prefix)
        out.extend(_slice(pieces, done, step))
        done += step
    return out


def _slice(pieces: Sequence[memoryview], start: int, size: int) -> list[memoryview]:
    """Views on ``size`` bytes from ``start`` of the joined pieces."""
    out = []
    for piece in pieces:
        if start >= len(piece):
            start -= len(piece)
            continue
        part = piece[start : start + size]
        out.append(part)
        size -= len(part)
        start = 0
        if not size:
            break
    return out
