"""The page of a device class: Markdown, or one HTML file."""

from puretango.authoring.pages._content import page_of
from puretango.authoring.pages._html import html_of
from puretango.authoring.pages._markdown import markdown_of

__all__ = ["html_of", "markdown_of", "page_of"]
