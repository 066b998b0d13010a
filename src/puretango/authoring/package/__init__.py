"""New packages of device classes, complete and with passing tests from the start."""

from puretango.authoring.package._device import device_source
from puretango.authoring.package._names import is_class_name, member_of, package_name
from puretango.authoring.package._project import Author, project_files
from puretango.authoring.package._simulated import Template
from puretango.authoring.package._templates import TEMPLATES, plain_template
from puretango.authoring.package._texts import docstring, quoted
from puretango.authoring.package._types import (
    default_of,
    dtype_of,
    literal_of,
    python_type,
    settings_of,
)
from puretango.authoring.package._writing import ExistsAlready, write_files

__all__ = [
    "TEMPLATES",
    "Author",
    "ExistsAlready",
    "Template",
    "default_of",
    "device_source",
    "docstring",
    "dtype_of",
    "is_class_name",
    "literal_of",
    "member_of",
    "package_name",
    "plain_template",
    "project_files",
    "python_type",
    "quoted",
    "settings_of",
    "write_files",
]
