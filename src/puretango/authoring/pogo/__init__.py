"""Pogo's files: Python generated from them, and written from a class."""

from puretango.authoring.pogo._exchange import LostRegions, differences, generate, to_xmi

__all__ = ["LostRegions", "differences", "generate", "to_xmi"]
