"""Rules over a whole file and its package (G, Language; Reusability; Generated code)."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from puretango.lint._finding import Found
from puretango.lint._registry import Checks
from puretango.lint._settings import Settings
from puretango.lint._subject import at
from puretango.lint.words._wordlist import words
from puretango.model import BadXml, ClassModel, Place, SourceFile, compare_models, read_xmi

__all__ = ["FileSubject", "PackageSubject", "checks", "package_checks"]

checks = Checks()
package_checks = Checks()

_PLATFORM = words("winreg termios fcntl msvcrt pwd grp winsound win32api win32com pty")


@dataclass(frozen=True)
class FileSubject:
    """A file with the device classes in it."""

    file: SourceFile
    settings: Settings


@checks.check("TK004")
def driver_knows_no_tango(subject: FileSubject) -> Iterator[Found]:
    """A driver's module imports no tango."""
    file = subject.file
    name = Path(file.path).stem.lower().strip("_")
    if file.classes or not file.tango:
        return
    if name.endswith(("driver", "model", "hardware", "protocol", "simulator")):
        for node in file.tree.body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                roots = {one.name for one in node.names} | {getattr(node, "module", "") or ""}
                if any(one.partition(".")[0] in ("tango", "PyTango", "puretango") for one in roots):
                    said = f"{Path(file.path).name} is a driver's module and imports tango"
                    yield Found("TK004", said, at(node, file.path))


_TESTED = ("sys.platform", "os.name", "platform.system")


@checks.check("TK009")
def portable(subject: FileSubject) -> Iterator[Found]:
    """The code is independent of the platform."""
    file = subject.file
    if not file.classes or any(word in file.text for word in _TESTED):
        return
    declared = any("Platform:" in (ast.get_docstring(one.node) or "") for one in file.classes)
    if declared:
        return
    for node in file.nodes:
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and re.match(r"^(/dev/\w+|[A-Za-z]:\\\S+|/proc/\w+)", node.value)
        ):
            said = f"{node.value!r} is there on one platform only, and none is declared"
            yield Found("TK009", said, at(node, file.path))
        for name in names:
            if name.partition(".")[0] in _PLATFORM:
                said = f"module {name} is there on one platform only, and none is declared"
                yield Found("TK009", said, at(node, file.path))


_FOREIGN = re.compile(
    r"(?i)\b(der|die|das|und|nicht|wird|ist|für|une|dans|pour|avec|est|les|della|sono|para|donde)\b"
)


@checks.check("TK011")
def english(subject: FileSubject) -> Iterator[Found]:
    """UTF-8, and comments in English."""
    file = subject.file
    for line, text in file.comments.items() if file.classes else ():
        coding = re.search(r"coding[:=]\s*([-\w.]+)", text) if line <= 2 else None
        if coding and coding[1].lower().replace("_", "-") not in (
            "utf-8",
            "utf8",
            "ascii",
            "us-ascii",
        ):
            yield Found(
                "TK011",
                f"encoding {coding[1]}: UTF-8 is what others expect",
                Place(file.path, line, 1, line, 1),
            )
        parts = re.findall(r"[^\W\d_]+", text)
        if len(parts) >= 4 and len(_FOREIGN.findall(text)) >= 2:
            said = "a comment that is not English"
            yield Found("TK011", said, Place(file.path, line, 1, line, 1))


@checks.check("TK005")
def generated(subject: FileSubject) -> Iterator[Found]:
    """What Pogo generated is not changed outside its protected regions."""
    file = subject.file
    if "PROTECTED REGION ID(" not in file.text:
        return
    protected: set[int] = set()
    inside = False
    for number, line in enumerate(file.lines, 1):
        if "ENABLED START" in line:
            inside = True
        if inside:
            protected.add(number)
        if "PROTECTED REGION END" in line:
            inside = False
    for one in file.classes:
        generated_names = _generated_names(one.model)
        for name, function in one.methods.items():
            if function.lineno not in protected and name not in generated_names:
                said = f"{name} stands outside the protected regions: Pogo will drop it"
                yield Found("TK005", said, at(function, file.path))


def _generated_names(model: ClassModel) -> set[str]:
    names = {
        "__init__",
        "init_device",
        "delete_device",
        "always_executed_hook",
        "read_attr_hardware",
        "initialize_dynamic_attributes",
        "dev_state",
        "dev_status",
        "write_attr_hardware",
    }
    for attribute in model.attributes:
        names |= {f"{prefix}{attribute.name}" for prefix in ("read_", "write_")}
        names |= {attribute.read_method, attribute.write_method, f"is_{attribute.name}_allowed"}
    for command in model.commands:
        names |= {command.name, command.method, f"is_{command.name}_allowed"}
    return names


@checks.check("TK006", "TD003")
def beside(subject: FileSubject) -> Iterator[Found]:
    """The .xmi and the documentation beside a class match it."""
    file = subject.file
    folder = Path(file.path).parent
    for one in file.classes:
        xmi = folder / f"{one.name}.xmi"
        if not xmi.is_file():
            continue
        try:
            models = read_xmi(xmi).models
        except (BadXml, OSError) as error:
            yield Found("TK006", f"{xmi.name}: {error}", at(one.node, file.path))
            continue
        for model in models:
            if model.name == one.name:
                different = compare_models(one.model, model, frozenset({"description", "default"}))
                members = [each for each in different if not each.field]
                if members:
                    said = f"{xmi.name} differs: {'; '.join(map(str, members[:3]))}"
                    yield Found(
                        "TK006", said, at(one.node, file.path), advice="puretango xmi --update"
                    )
    yield from _documentation(file)


_PAGES = ("{}.md", "docs/{}.md", "../docs/{}.md", "../../docs/{}.md")
"""The places of a class's page, relative to its source."""


def _documentation(file: SourceFile) -> Iterator[Found]:
    """A page that does not name a member of the class was generated before it was declared."""
    folder = Path(file.path).parent
    for one in file.classes:
        pages = (folder / pattern.format(one.name) for pattern in _PAGES)
        page = next((each for each in pages if each.is_file()), None)
        if page is None:
            continue
        said = set(re.findall(r"\w+", page.read_text(encoding="utf-8", errors="replace")))
        model = one.model
        names = [each.name for each in model.own_attributes() if each.name != "log"]
        names += [each.name for each in model.own_commands()]
        names += [each.name for each in (*model.device_properties, *model.class_properties)]
        missing = [name for name in names if name not in said]
        if missing:
            told = f"{page.name} is out of date: it does not name {', '.join(missing[:4])}"
            yield Found(
                "TD003", told, at(one.node, file.path), advice=f"puretango docs {file.path}"
            )


@dataclass(frozen=True)
class PackageSubject:
    """A folder with a pyproject.toml and the checked files in it."""

    folder: Path
    files: tuple[SourceFile, ...]
    settings: Settings

    @cached_property
    def project(self) -> dict[str, object]:
        """The table [project] of its pyproject.toml."""
        try:
            table = tomllib.loads((self.folder / "pyproject.toml").read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
            return {}
        found = table.get("project", {})
        return found if isinstance(found, dict) else {}

    @property
    def place(self) -> Place:
        """The project's file."""
        return Place(str(self.folder / "pyproject.toml"), 1, 1, 1, 1)


@package_checks.check("TD004", "TD006")
def shared(subject: PackageSubject) -> Iterator[Found]:
    """All that is needed to use the device is provided."""
    project, folder = subject.project, subject.folder
    if not project or not any(file.classes for file in subject.files):
        return
    lacks = []
    if "license" not in project and not list(folder.glob("LICEN[SC]E*")):
        lacks.append("licence")
    if "authors" not in project and "maintainers" not in project:
        lacks.append("author")
    if not list(folder.glob("README*")):
        lacks.append("README")
    if lacks:
        yield Found("TD004", f"the package has no {', no '.join(lacks)}", subject.place)
    names = {one.name for file in subject.files for one in file.classes}
    tests = [
        *folder.glob("tests/**/test_*.py"),
        *folder.glob("test/**/test_*.py"),
        *folder.glob("test_*.py"),
    ]
    started = set()
    for path in tests[:200]:
        text = path.read_text(encoding="utf-8", errors="replace")
        started |= {name for name in names if name in text}
    if not started:
        yield Found("TD006", "no test starts a class of the package", subject.place)


_STANDARD = frozenset(sys.stdlib_module_names)
_ALIASES = {
    "serial": "pyserial",
    "yaml": "pyyaml",
    "PIL": "pillow",
    "usb": "pyusb",
    "cv2": "opencv-python",
    "tango": "pytango",
    "PyTango": "pytango",
    "zmq": "pyzmq",
    "skimage": "scikit-image",
}


@package_checks.check("TK010")
def dependencies(subject: PackageSubject) -> Iterator[Found]:
    """What is imported is declared, and free."""
    project = subject.project
    if not project:
        return
    declared_texts = list(project.get("dependencies", []) or [])  # type: ignore[call-overload]  # what a user's file has in it is anything
    optional = project.get("optional-dependencies", {})
    for group in optional.values() if isinstance(optional, dict) else ():
        declared_texts += group
    declared = {
        re.split(r"[\s<>=!~;\[(]", text)[0].lower().replace("_", "-") for text in declared_texts
    }
    own = {path.name for path in subject.folder.iterdir()} | {
        path.name for path in subject.folder.glob("src/*")
    }
    own |= {Path(file.path).stem for file in subject.files}
    told: set[str] = set()
    for file in subject.files:
        for node in file.tree.body:
            for root in _roots(node):
                name = _ALIASES.get(root, root).lower().replace("_", "-")
                if root in _STANDARD or root in own or f"{root}.py" in own or name in declared:
                    continue
                if (
                    root.lower() == str(project.get("name", "")).lower().replace("-", "_")
                    or root in told
                ):
                    continue
                told.add(root)
                said = f"{root} is imported and not among the project's dependencies"
                yield Found("TK010", said, at(node, file.path))


def _roots(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Import):
        return [one.name.partition(".")[0] for one in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        return [node.module.partition(".")[0]]
    return []
