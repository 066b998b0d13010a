"""Images as encoded attributes: GRAY8, GRAY16, RGB24 and JPEG."""

from __future__ import annotations

import importlib
import io
from typing import Any

import numpy as np

from puretango.errors import DevFailed
from puretango.idl import DevEncoded
from puretango.values import ExtractAs

__all__ = ["EncodedAttribute"]

_Array = np.ndarray[Any, Any]


class EncodedAttribute:
    """An image in the form in which it travels: a pair of format and bytes.

    Four bytes, width and height, come before the pixels of the raw formats, high byte first.
    JPEG needs Pillow.
    """

    def __init__(self, *_sizes: Any) -> None:
        self.encoded_format = ""
        self.encoded_data = b""

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> str | bytes:
        return (self.encoded_format, self.encoded_data)[index]

    def _set(self, name: str, image: _Array) -> None:
        height, width = image.shape[:2]
        size = width.to_bytes(2, "big") + height.to_bytes(2, "big")
        self.encoded_format = name
        self.encoded_data = size + image.tobytes()

    # -------------------------------------------------------------------- encoding

    def encode_gray8(self, gray8: Any, width: int = 0, height: int = 0) -> None:
        """Take a gray image with one byte per pixel."""
        self._set("GRAY8", _image(gray8, width, height, 1, "u1"))

    def encode_gray16(self, gray16: Any, width: int = 0, height: int = 0) -> None:
        """Take a gray image with two bytes per pixel."""
        self._set("GRAY16", _image(gray16, width, height, 1, "u2").astype(">u2"))

    def encode_rgb24(self, rgb24: Any, width: int = 0, height: int = 0) -> None:
        """Take a colour image with three bytes per pixel."""
        self._set("RGB24", _image(rgb24, width, height, 3, "u1"))

    def encode_jpeg_gray8(
        self, gray8: Any, width: int = 0, height: int = 0, quality: float = 100.0
    ) -> None:
        """Take a gray image and compress it."""
        self._jpeg("JPEG_GRAY8", _image(gray8, width, height, 1, "u1"), quality)

    def encode_jpeg_rgb24(
        self, rgb24: Any, width: int = 0, height: int = 0, quality: float = 100.0
    ) -> None:
        """Take a colour image with three bytes per pixel and compress it."""
        self._jpeg("JPEG_RGB", _image(rgb24, width, height, 3, "u1"), quality)

    def encode_jpeg_rgb32(
        self, rgb32: Any, width: int = 0, height: int = 0, quality: float = 100.0
    ) -> None:
        """Take a colour image with four bytes per pixel and compress it."""
        image = _image(rgb32, width, height, 4, "u1")
        self._jpeg("JPEG_RGB", np.ascontiguousarray(image[:, :, :3]), quality)

    def _jpeg(self, name: str, image: _Array, quality: float) -> None:
        stream = io.BytesIO()
        _pillow().fromarray(image).save(
            stream, "JPEG", quality=max(1, min(100, int(quality))), subsampling=0
        )
        self.encoded_format = name
        self.encoded_data = stream.getvalue()

    # -------------------------------------------------------------------- decoding

    def decode_gray8(self, da: Any, extract_as: ExtractAs = ExtractAs.Numpy) -> Any:
        """The gray image in an attribute that was read."""
        name, data = _content(da)
        if name == "JPEG_GRAY8":
            return _extracted(np.asarray(_pillow().open(io.BytesIO(data))), extract_as)
        _check(name, "GRAY8", "Not a grayscale 8bit format")
        return _extracted(_pixels(data, "u1", 1), extract_as)

    def decode_gray16(self, da: Any, extract_as: ExtractAs = ExtractAs.Numpy) -> Any:
        """The gray image with two bytes per pixel in an attribute that was read."""
        name, data = _content(da)
        _check(name, "GRAY16", "Not a grayscale 16 bits format")
        return _extracted(_pixels(data, ">u2", 1).astype("u2"), extract_as)

    def decode_rgb32(self, da: Any, extract_as: ExtractAs = ExtractAs.Numpy) -> Any:
        """The colour image, four bytes per pixel, in an attribute that was read."""
        name, data = _content(da)
        if name == "JPEG_RGB":
            colours = np.asarray(_pillow().open(io.BytesIO(data)))
        else:
            _check(name, "RGB24", "Not a color format")
            colours = _pixels(data, "u1", 3)
        image = np.zeros((*colours.shape[:2], 4), "u1")
        image[:, :, :3] = colours
        return _extracted(image.view("<u4")[:, :, 0], extract_as)


def _image(data: Any, width: int, height: int, depth: int, kind: str) -> _Array:
    """Pixels as an array of rows, columns and, for colours, bytes."""
    if isinstance(data, str):
        data = data.encode("latin-1")
    if isinstance(data, (bytes, bytearray, memoryview)):
        if not width or not height:
            raise ValueError("When giving a string as data, you must also supply width and height")
        array = np.frombuffer(data, kind)
    else:
        if not hasattr(data, "__getitem__"):
            raise TypeError(
                "Expected sequence (str, numpy.ndarray, list, tuple or bytearray) as first argument"
            )
        array = _of_rows(data, kind)
    if width and height:
        shape: tuple[int, ...] = (height, width, depth) if depth > 1 else (height, width)
        if array.size != np.prod(shape):
            raise ValueError("numpy array size mismatch")
        array = array.reshape(shape)
    if array.ndim != (3 if depth > 1 else 2):
        raise ValueError("When giving a non 2D numpy array, width and height must be supplied")
    return np.ascontiguousarray(array)


def _of_rows(data: Any, kind: str) -> _Array:
    size = np.dtype(kind).itemsize
    if isinstance(data, np.ndarray):
        if data.itemsize != size:
            raise TypeError(f"Expected numpy array with itemsize == {size}")
        return data.view(kind)
    if len(data) and isinstance(data[0], (str, bytes, bytearray)):
        rows = [row.encode("latin-1") if isinstance(row, str) else bytes(row) for row in data]
        return np.stack([np.frombuffer(row, kind) for row in rows])
    return np.asarray(data, kind)


def _content(da: Any) -> tuple[str, bytes]:
    """Format and bytes in a DeviceAttribute, extracted or not."""
    items: Any = getattr(da, "_items", ())
    if len(items) and isinstance(items[0], DevEncoded):
        return items[0].encoded_format, bytes(items[0].encoded_data)
    value = getattr(da, "value", None)
    if isinstance(value, tuple) and len(value) == 2:
        data = value[1]
        return value[0], data.encode("latin-1") if isinstance(data, str) else bytes(data)
    raise DevFailed.make(
        "API_WrongFormat", "Attribute contains no data", "EncodedAttribute::decode"
    )


def _check(name: str, wanted: str, text: str) -> None:
    if name != wanted:
        raise DevFailed.make("API_WrongFormat", text, "EncodedAttribute::decode")


def _pixels(data: bytes, kind: str, depth: int) -> _Array:
    width, height = int.from_bytes(data[:2], "big"), int.from_bytes(data[2:4], "big")
    array = np.frombuffer(data, kind, width * height * depth, 4)
    return array.reshape((height, width, depth) if depth > 1 else (height, width))


def _extracted(image: _Array, extract_as: ExtractAs) -> Any:
    if extract_as == ExtractAs.Numpy:
        return image
    if extract_as == ExtractAs.List:
        return image.tolist()
    if extract_as == ExtractAs.Tuple:
        return tuple(tuple(row) for row in image.tolist())
    if extract_as == ExtractAs.String:
        return image.shape[1], image.shape[0], image.tobytes().decode("latin-1")
    raise TypeError("extract_as must be one of Numpy, String, Tuple, List")


def _pillow() -> Any:
    try:
        return importlib.import_module("PIL.Image")
    except ImportError as exc:
        raise DevFailed.make(
            "API_NotSupportedFeature",
            "JPEG images need Pillow: pip install pillow",
            "EncodedAttribute",
        ) from exc
