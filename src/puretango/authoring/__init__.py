"""Tools for authors of device classes: documentation, new packages, type stubs, Pogo files.

All of them stand on the class model (:mod:`puretango.model`).
"""

from puretango.authoring._target import BadTarget, find_model, find_models
from puretango.authoring.pages import html_of, markdown_of, page_of

__all__ = ["BadTarget", "find_model", "find_models", "html_of", "markdown_of", "page_of"]
