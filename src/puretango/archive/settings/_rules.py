"""A configuration of an archive as a file: which attributes, and how, in TOML."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from puretango.archive.collecting import Settings
from puretango.archive.sample import ArchiveError

__all__ = ["Configuration", "Rule", "hours_of", "load"]

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([hdwy])")
_HOURS = {"h": 1, "d": 24, "w": 168, "y": 8766}
_ARCHIVE_KEYS = {"store", "context", "name", "contexts"}
_RULE_KEYS = {"strategy", "retention", "poll", "max_rate", "period"}


@dataclass(frozen=True, slots=True)
class Rule:
    """Attributes by name or pattern, and their settings.

    Attributes:
        pattern: ``domain/family/member/attribute``, each part with ``*``, ``?`` and ``[…]``; the last part
            is ``*`` for whole devices.
        exclude: Patterns of attributes' own names that are left out.
        settings: How they are archived.
        whole: True for a [[device]]: its arrays too, and only attributes that it has.
    """

    pattern: str
    settings: Settings
    exclude: tuple[str, ...] = ()

    @property
    def device(self) -> str:
        """The pattern of the devices."""
        return self.pattern.rpartition("/")[0]

    @property
    def attribute(self) -> str:
        """The pattern of the attributes."""
        return self.pattern.rpartition("/")[2]

    @property
    def is_pattern(self) -> bool:
        """Whether devices or attributes must be searched."""
        return any(letter in self.pattern for letter in "*?[")

    def takes(self, attribute: str) -> bool:
        """Whether the rule covers an attribute of a matching device."""
        name = attribute.lower()
        return fnmatchcase(name, self.attribute.lower()) and not any(
            fnmatchcase(name, pattern.lower()) for pattern in self.exclude
        )


@dataclass(frozen=True, slots=True)
class Configuration:
    """The contents of a file.

    Attributes:
        rules: In the order of the file: if several cover an attribute, the last one decides how it is archived.
        store: The store's address; "" if it is given elsewhere.
        context: The context when the archiver starts; "" for ALWAYS.
        name: The archiver's name; "" if it is given elsewhere.
        contexts: Names and descriptions of contexts besides HDB++'s four.
    """

    rules: tuple[Rule, ...] = ()
    store: str = ""
    context: str = ""
    name: str = ""
    contexts: tuple[str, ...] = ()


def load(path: Path | str) -> Configuration:
    """Read a file.

    Raises:
        ArchiveError: It does not exist, is not TOML, or has entries that make no sense; with their place.
    """
    try:
        told = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ArchiveError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ArchiveError(f"{path}: {error}") from error
    try:
        return _configuration(told)
    except ArchiveError as error:
        raise ArchiveError(f"{path}: {error}") from error


def _configuration(told: dict[str, Any]) -> Configuration:
    _only(told, {"archive", "defaults", "attribute", "device"}, "the file")
    archive = _table(told, "archive")
    _only(archive, _ARCHIVE_KEYS, "[archive]")
    contexts = _texts(archive.get("contexts", []), "[archive] contexts")
    defaults = _table(told, "defaults")
    _only(defaults, _RULE_KEYS, "[defaults]")
    default = _settings(defaults, Settings(), "[defaults]")
    rules: list[Rule] = []
    for kind in ("device", "attribute"):
        for number, entry in enumerate(told.get(kind, []), 1):
            rules += _rules(entry, kind, default, f"[[{kind}]] {number}")
    texts = {key: _text(archive, key, "[archive]") for key in ("store", "context", "name")}
    return Configuration(tuple(rules), contexts=contexts, **texts)


def _rules(entry: dict[str, Any], kind: str, default: Settings, place: str) -> list[Rule]:
    _only(entry, {*_RULE_KEYS, "name", "exclude"}, place)
    names = _texts(entry.get("name", []), f"{place} name")
    if not names:
        raise ArchiveError(f"{place}: no name")
    settings = _settings(entry, default, place)
    exclude = _texts(entry.get("exclude", []), f"{place} exclude")
    patterns = [f"{name}/*" if kind == "device" else name for name in names]
    for pattern in patterns:
        if pattern.partition("#")[0].count("/") < 3:
            wanted = "domain/family/member" + ("" if kind == "device" else "/attribute")
            raise ArchiveError(f"{place}: {pattern!r} is not a {wanted}")
    return [Rule(pattern, settings, exclude) for pattern in patterns]


def _settings(entry: dict[str, Any], default: Settings, place: str) -> Settings:
    found = default
    if "strategy" in entry:
        given = entry["strategy"]
        parts = given.split("|") if isinstance(given, str) else _texts(given, f"{place} strategy")
        found = replace(found, strategy=tuple(part.strip().upper() for part in parts))
    if "retention" in entry:
        found = replace(found, ttl=hours_of(entry["retention"], f"{place} retention"))
    if "poll" in entry:
        poll = _number(entry["poll"], f"{place} poll") if entry["poll"] is not False else None
        found = replace(found, poll_period=poll)
    if "max_rate" in entry:
        found = replace(found, max_rate=_number(entry["max_rate"], f"{place} max_rate"))
    if "period" in entry:
        found = replace(found, period=_number(entry["period"], f"{place} period"))
    return found


def hours_of(given: Any, place: str = "retention") -> int:
    """Hours of a duration: ``240`` (hours), ``"10d"``, ``"2w"``, ``"1y"``, ``"forever"`` (0).

    Raises:
        ArchiveError: It is not a duration.
    """
    if isinstance(given, int) and not isinstance(given, bool) and given >= 0:
        return given
    if isinstance(given, str):
        if given.strip().lower() in {"forever", "for ever"}:
            return 0
        found = _DURATION.fullmatch(given.strip().lower())
        if found and float(found[1]) > 0:
            return max(1, round(float(found[1]) * _HOURS[found[2]]))
    raise ArchiveError(f"{place}: {given!r} is neither hours nor 36h, 10d, 2w, 1y, forever")


def _only(told: dict[str, Any], known: set[str], place: str) -> None:
    unknown = sorted(set(told) - known)
    if unknown:
        raise ArchiveError(f"{place}: no key {unknown[0]!r} ({', '.join(sorted(known))})")


def _table(told: dict[str, Any], key: str) -> dict[str, Any]:
    found = told.get(key, {})
    if not isinstance(found, dict):
        raise ArchiveError(f"[{key}] is not a table")
    return found


def _text(told: dict[str, Any], key: str, place: str) -> str:
    found = told.get(key, "")
    if not isinstance(found, str):
        raise ArchiveError(f"{place}: {key} is not a text")
    return found


def _texts(given: Any, place: str) -> tuple[str, ...]:
    several = [given] if isinstance(given, str) else given
    if not isinstance(several, list) or not all(isinstance(text, str) for text in several):
        raise ArchiveError(f"{place}: neither a text nor a list of texts")
    return tuple(several)


def _number(given: Any, place: str) -> float:
    if isinstance(given, bool) or not isinstance(given, (int, float)) or given <= 0:
        raise ArchiveError(f"{place}: {given!r} is not a number above 0")
    return float(given)
