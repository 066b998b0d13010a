"""The controls of the pages, told by their templates: which there are, and which of them a test has pressed.

In a test's copy of the front end each control has a name of its own. ``pressed.json`` says which test file presses
which; a control that stands in none of them, or that its test file did not press, fails a test.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

LEDGER = Path(__file__).with_name("pressed.json")
_TAGS = ("button", "a", "input", "select", "textarea", "summary")
_TAG = re.compile(r"<([a-z]+)(?=[\s>])")
_HANDLER = re.compile(r"\bon(?:Click|PointerDown)=")

RECORDER = """(() => {
  const seen = (kind) => (event) => {
    const control = event.target.closest && event.target.closest('[data-control]');
    if (control && (kind !== 'dblclick' || control.tagName === 'CANVAS'))
      window.pressedControl(control.dataset.control + (kind === 'dblclick' ? ', twice' : ''));
  };
  for (const kind of ['click', 'input', 'change', 'pointerdown', 'dblclick'])
    document.addEventListener(kind, seen(kind), true);
  document.addEventListener('keydown', (event) => event.key === 'Enter' && seen('keydown')(event), true);
})()"""
"""Runs in every page: tells the name of each control that is used."""


class Control(NamedTuple):
    """One control of a template: its name, and where its tag's name ends."""

    name: str
    place: int
    double: bool
    """True if it answers a double click too."""


def controls_of(file: str, text: str) -> list[Control]:
    """All controls of a module's templates, in their order."""
    found: list[Control] = []
    taken: dict[str, int] = {}
    for match in _TAG.finditer(text):
        tag = match[1]
        end = _tag_end(text, match.end())
        inside = text[match.end() : end]
        if tag not in _TAGS and not _HANDLER.search(inside):
            continue
        if tag == "a" and "href=" not in inside:
            continue
        name = f"{file} {tag} {_label(inside, text[end + 1 :])}".strip()
        number = taken[name] = taken.get(name, 0) + 1
        name = name if number == 1 else f"{name} ({number})"
        found.append(Control(name, match.end(), "onDblClick=" in inside))
    return found


def _tag_end(text: str, at: int) -> int:
    """Where the tag that has begun ends: no arrow of its functions, nothing in its texts."""
    depth, quote = 0, ""
    while True:
        letter = text[at]
        if quote:
            at += letter == "\\"
            quote = "" if letter == quote else quote
        elif letter in "'\"" and (depth or letter == '"'):
            quote = letter
        elif letter == "{":
            depth += 1
        elif letter == "}":
            depth -= 1
        elif letter == ">" and depth == 0:
            return at
        at += 1


def _label(inside: str, after: str) -> str:
    """What the control is called, as far as the template says it."""
    for attribute in ("aria-label", "placeholder", "type", "title"):
        said = re.search(rf"\b{attribute}=(\"[^\"]*\"|\$\{{[^}}]*\}})", inside)
        if said and attribute in ("aria-label", "placeholder"):
            words = re.findall(r"'([^']*)'|\"([^\"]*)\"|`([^`$]*)", said[1])
            text = " ".join(" ".join(each) for each in words).strip()
            if text:
                return " ".join(text.split())
    text = re.split(r"[<`$]", after, maxsplit=1)[0].strip()
    if text:
        return text
    href = re.search(r"\bhref=\$?[\"{`]*([^\"}(]*)", inside)
    return href[1].strip("`/ ") if href else ""


def _modules(static: Path) -> list[Path]:
    """Our own modules."""
    return sorted(path for path in static.rglob("*.js") if path.parent.name != "vendor")


def all_controls(static: Path) -> Iterator[str]:
    """The names of every control of the front end."""
    for path in _modules(static):
        for control in controls_of(path.name, path.read_text()):
            yield control.name
            if control.double:
                yield f"{control.name}, twice"


def named_copy(static: Path, folder: Path) -> Path:
    """The front end with each control named, for a server of the tests."""
    shutil.copytree(static, folder)
    for path in _modules(folder):
        text = path.read_text()
        for control in reversed(controls_of(path.name, text)):
            mark = f' data-control="{control.name.replace(chr(34), chr(39))}"'
            text = text[: control.place] + mark + text[control.place :]
        path.write_text(text)
    return folder


def ledger() -> dict[str, list[str]]:
    """By test file, the controls that it presses."""
    found: dict[str, list[str]] = json.loads(LEDGER.read_text()) if LEDGER.exists() else {}
    return found
