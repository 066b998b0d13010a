"""Authoring: what a class model is written to: pages, packages, typed proxies, Pogo files."""

from puretango.authoring._docs import check_docs, docs_of, write_docs
from puretango.authoring._load import CannotLoad, load_models
from puretango.authoring._package import AlreadyThere, Order, package_files, write_package
from puretango.authoring._pogo import differences_from_xmi
from puretango.authoring._stubs import stubs_of
from puretango.authoring._templates import TEMPLATES

__all__ = [
    "TEMPLATES",
    "AlreadyThere",
    "CannotLoad",
    "Order",
    "check_docs",
    "differences_from_xmi",
    "docs_of",
    "load_models",
    "package_files",
    "stubs_of",
    "write_docs",
    "write_package",
]
