"""Output: findings as text, JSON, SARIF or GitHub annotations."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import quote

from puretango.lint._finding import Finding
from puretango.lint._rule import Mending, Severity, all_rules

__all__ = ["FORMATS", "exit_code", "render", "statistics"]


def render(findings: Sequence[Finding], form: str) -> str:
    """The findings in one of the formats of :data:`FORMATS`."""
    return FORMATS[form](findings)


def exit_code(findings: Iterable[Finding], strict: bool) -> int:
    """0 for nothing that matters, 1 for errors (with ``strict`` warnings too); 2 is for wrong usage."""
    matters = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return int(any(one.severity in matters for one in findings))


def statistics(findings: Sequence[Finding]) -> str:
    """How often each rule was broken, the most frequent first."""
    counts = Counter(one.rule for one in findings)
    return "".join(
        f"{count:6d} {rule} {all_rules()[rule].title}\n" for rule, count in counts.most_common()
    )


def _text(findings: Sequence[Finding]) -> str:
    lines = []
    for one in findings:
        mark = " [*]" if one.fix is not None and one.fix.safe else ""
        advice = f" ({one.advice})" if one.advice else ""
        lines.append(f"{one.place}: {one.rule} {one.severity.word}{mark}: {one.message}{advice}")
    counts = Counter(one.severity for one in findings)
    if findings:
        parts = [
            f"{counts[level]} {name}{'s' if counts[level] != 1 else ''}"
            for level, name in ((Severity.ERROR, "error"), (Severity.WARNING, "warning"))
        ]
        parts.append(f"{counts[Severity.ADVICE]} advice")
        lines.append(f"Found {', '.join(parts)}.")
        safe = sum(one.fix is not None and one.fix.safe for one in findings)
        unsafe = sum(one.fix is not None and not one.fix.safe for one in findings)
        if safe or unsafe:
            more = f" ({unsafe} more with --unsafe-fixes)" if unsafe else ""
            lines.append(f"[*] {safe} can be mended with --fix{more}.")
    else:
        lines.append("All checks passed.")
    return "\n".join(lines) + "\n"


def _json(findings: Sequence[Finding]) -> str:
    return json.dumps([_plain(one) for one in findings], indent=2) + "\n"


def _plain(one: Finding) -> dict[str, Any]:
    return {
        "code": one.rule,
        "severity": one.severity.word,
        "message": one.message,
        "advice": one.advice,
        "subject": one.subject,
        "filename": one.place.path,
        "location": {"row": one.place.line, "column": one.place.column},
        "end_location": {"row": one.place.end_line, "column": one.place.end_column},
        "fix": None
        if one.fix is None
        else {"applicability": "safe" if one.fix.safe else "unsafe", "message": one.fix.clients},
        "url": _page(one.rule),
    }


def _page(rule: str) -> str:
    return f"docs/rules/{rule}.md"


def _github(findings: Sequence[Finding]) -> str:
    words = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "notice"}
    lines = []
    for one in findings:
        text = _escaped(one.message + (f" ({one.advice})" if one.advice else ""))
        where = f"file={_escaped(one.place.path, True)},line={max(1, one.place.line)},col={max(1, one.place.column)}"
        lines.append(f"::{words[one.severity]} title={one.rule},{where}::{one.rule} {text}")
    return "".join(line + "\n" for line in lines)


def _escaped(text: str, is_property: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if is_property else text


def _uri(path: str) -> str:
    """A path for SARIF: without characters that a URI may not have."""
    return quote(path.replace("\\", "/"), safe="/:@#=,+~!$&'()*;?-._")


def _sarif(findings: Sequence[Finding]) -> str:
    levels = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "note"}
    told = sorted({one.rule for one in findings})
    rules = [
        {
            "id": name,
            "shortDescription": {"text": all_rules()[name].title},
            "help": {"text": all_rules()[name].quote or all_rules()[name].title},
            "defaultConfiguration": {"level": levels[all_rules()[name].severity]},
            "properties": {"fixable": all_rules()[name].fix in (Mending.SAFE, Mending.UNSAFE)},
        }
        for name in told
    ]
    results = [
        {
            "ruleId": one.rule,
            "ruleIndex": told.index(one.rule),
            "level": levels[one.severity],
            "message": {"text": one.message},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": _uri(one.place.path)},
                        "region": {
                            "startLine": max(1, one.place.line),
                            "startColumn": max(1, one.place.column),
                        },
                    },
                    "logicalLocations": [{"fullyQualifiedName": one.subject}],
                }
            ],
        }
        for one in findings
    ]
    run = {"tool": {"driver": {"name": "puretango lint", "rules": rules}}, "results": results}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


FORMATS: dict[str, Callable[[Sequence[Finding]], str]] = {
    "text": _text,
    "json": _json,
    "sarif": _sarif,
    "github": _github,
}
