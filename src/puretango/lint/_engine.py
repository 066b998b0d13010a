"""Engine: files, models and packages under all checks; silences and severities applied."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from puretango.lint._finding import Finding
from puretango.lint._registry import Checks
from puretango.lint._settings import Settings
from puretango.lint._silence import is_justified, is_noqa
from puretango.lint._subject import Subject, at
from puretango.lint.declared import declared_checks
from puretango.lint.source import (
    ClassCode,
    FileSubject,
    PackageSubject,
    file_checks,
    package_checks,
    source_checks,
)
from puretango.model import (
    BadXml,
    ClassModel,
    ParsedFile,
    Place,
    SourceClass,
    SourceFile,
    UnreadableSource,
    read_sources,
    read_xmi,
)

__all__ = ["Report", "lint_model", "lint_paths", "source_files", "told"]

_SKIPPED = {".git", ".venv", "venv", "node_modules", "__pycache__", "build", "dist", ".tox"}


@dataclass
class Report:
    """The subjects that were checked, and the findings."""

    findings: list[Finding] = field(default_factory=list)
    files: list[SourceFile] = field(default_factory=list)
    classes: int = 0

    def sorted(self) -> list[Finding]:
        """The findings sorted by place, each once."""
        once = {(one.rule, one.place, one.message): one for one in reversed(self.findings)}
        return sorted(
            once.values(), key=lambda one: one.key
        )  # not once more for each derived class


def source_files(paths: Iterable[str | Path], settings: Settings) -> Iterator[Path]:
    """The .py and .xmi files of files and folders."""
    for given in paths:
        path = Path(given)
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                if file.suffix not in (".py", ".xmi") or _SKIPPED & set(file.parts):
                    continue
                if not _excluded(file, settings):
                    yield file
        else:
            yield path


def _excluded(path: Path, settings: Settings) -> bool:
    name = path.as_posix()
    if settings.root is not None and path.resolve().is_relative_to(settings.root):
        name = path.resolve().relative_to(settings.root).as_posix()
    return any(
        fnmatch.fnmatch(name, pattern) or name.startswith(pattern.rstrip("/") + "/")
        for pattern in settings.exclude
    )


def lint_paths(paths: Iterable[str | Path], settings: Settings) -> Report:
    """The findings in these files that need no running."""
    report = Report()
    sources: list[Path] = []
    for path in source_files(paths, settings):
        if path.suffix == ".xmi":
            _lint_xmi(path, settings, report)
        else:
            sources.append(path)
    files, broken = read_sources(sources)
    report.files = files
    report.findings += [_unreadable(one, settings) for one in broken]
    for file in files:
        _lint_file(file, settings, report)
    _lint_packages(files, settings, report)
    return report


def _unreadable(error: UnreadableSource, settings: Settings) -> Finding:
    place = Place(error.path, error.line, error.column, error.line, error.column)
    return Finding("TZ001", settings.severity_of("TZ001"), f"cannot be read: {error}", place)


def _lint_xmi(path: Path, settings: Settings, report: Report) -> None:
    try:
        models = read_xmi(path).models
    except (BadXml, OSError) as error:
        found = Finding(
            "TZ001", settings.severity_of("TZ001"), f"cannot be read: {error}", Place(str(path))
        )
        report.findings.append(found)
        return
    for model in models:
        report.classes += 1
        report.findings += lint_model(model, settings)


def lint_model(model: ClassModel, settings: Settings) -> list[Finding]:
    """The findings in a declared interface, whatever its origin."""
    subject = Subject(model, settings)
    return list(told(declared_checks(), subject, settings, model, None, model.place))


def _lint_file(file: SourceFile, settings: Settings, report: Report) -> None:
    subject = FileSubject(file, settings)
    report.findings += told(
        file_checks(), subject, settings, None, file, Place(file.path, 1, 1, 1, 1)
    )
    for one in file.classes:
        report.classes += 1
        report.findings += _lint_class(one, settings)


def _lint_class(one: SourceClass, settings: Settings) -> Iterator[Finding]:
    file, place = one.file, at(one.node, one.file.path)
    if one.cycle:
        said = f"class {one.name} inherits from itself: {' → '.join(each.name for each in one.lineage())}"
        yield Finding("TZ002", settings.severity_of("TZ002"), said, place, one.name)
    if not _is_exported(one):
        return
    yield from told(
        declared_checks(), Subject(one.model, settings, one), settings, one.model, file, place
    )
    yield from told(source_checks(), ClassCode(one, settings), settings, one.model, file, place)


def _is_exported(one: SourceClass) -> bool:
    """False for a mixin that declares nothing of its own and only helps devices."""
    return bool(one.body) or one.is_root or bool(one.parents) or bool(one.methods)


def _lint_packages(files: list[SourceFile], settings: Settings, report: Report) -> None:
    folders: dict[Path, list[SourceFile]] = {}
    for file in files:
        for folder in Path(file.path).resolve().parents:
            if (folder / "pyproject.toml").is_file():
                folders.setdefault(folder, []).append(file)
                break
    for folder, members in folders.items():
        if any(file.classes for file in members):
            subject = PackageSubject(folder, tuple(members), settings)
            report.findings += told(package_checks(), subject, settings, None, None, subject.place)


def told(
    checks: list[Checks],
    subject: object,
    settings: Settings,
    model: ClassModel | None,
    file: ParsedFile | None,
    default: Place,
) -> Iterator[Finding]:
    """Run checks; findings that are ignored, justified or silenced are left out."""

    def wanted(rule: str) -> bool:
        return settings.wanted(rule, default.path)

    for one in checks:
        for found in one.run(subject, wanted):
            place = found.place if found.place is not None and found.place.path else default
            if file is not None and place.path != file.path:
                continue  # reported where it is declared
            if model is not None and is_justified(model, found.rule, found.member):
                continue
            if file is not None and is_noqa(file, place, found.rule):
                continue
            name = model.name if model is not None else ""
            member = found.member.partition(" ")[2]
            yield Finding(
                found.rule,
                settings.severity_of(found.rule),
                found.message,
                place,
                f"{name}.{member}" if member else name,
                found.fix,
                found.advice,
            )
