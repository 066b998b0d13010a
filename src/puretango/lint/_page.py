"""Page: a rule in full, for --explain and for docs/rules."""

from __future__ import annotations

from puretango.lint._examples import is_source
from puretango.lint._rule import FAMILIES, Mending, Rule, all_rules
from puretango.lint._settings import PROFILES

__all__ = ["index_page", "rule_page"]

_HOW = {
    "A": "the source, which is not run",
    "D": "the declared interface (source, imported class, .xmi file, running device)",
    "R": "the class, started and provoked in a process of its own",
    "L": "a running device, by reading only",
    "T": "a running device, sampled over a time",
    "B": "the database",
}
_MENDING = {
    Mending.SAFE: "`--fix`",
    Mending.UNSAFE: "`--unsafe-fixes`: clients see a difference, which is printed",
    Mending.SUGGESTION: "a proposal is printed",
    Mending.NONE: "by people only",
}
_SEEDS = {
    "G": "Device server guidelines",
    "M": "Device server model",
}


def rule_page(rule: Rule) -> str:
    """The rule's page, Markdown."""
    lines = [f"# {rule.id}: {rule.title}", ""]
    lines += [
        f"Family {rule.family}, {FAMILIES[rule.family]}. Severity: **{rule.severity.word}**"
        + "".join(
            f" ({found[rule.id].word} in profile `{name}`)"
            for name, found in PROFILES.items()
            if rule.id in found
        )
        + ".",
        "",
    ]
    if rule.quote:
        where = f", *{rule.section}*" if rule.section else ""
        lines += [f"> {rule.quote}", "", f"{_SEEDS[rule.seed]}{where}.", ""]
    if rule.note:
        lines += [f"Source: {rule.note}", ""]
    lines += ["Looked at:", ""]
    lines += [f"* {_HOW[letter]}" for letter in rule.how.split()]
    lines += ["", f"Mended: {_MENDING[rule.fix]}.", ""]
    for title, example in (("Bad", rule.bad), ("Good", rule.good)):
        if is_source(example):
            lines += [f"{title}:", "", "```py", example.strip(), "```", ""]
        elif example:
            lines += [f"{title}: {example.strip().removeprefix('# ')}", ""]
    lines += [
        f"Silenced by `# noqa: {rule.id}` on the line, by settings, or by a reason in the description:",
        "",
        "```text",
        f"Guideline: {rule.id} because ...",
        "```",
    ]
    return "\n".join(lines) + "\n"


def index_page() -> str:
    """The catalogue: one line per rule."""
    lines = [
        "# Rules",
        "",
        f"{len(all_rules())} rules. `puretango lint --explain TN102` shows one.",
        "",
    ]
    for family, title in FAMILIES.items():
        lines += [
            f"## {family}: {title}",
            "",
            "| rule | what | looked at | severity | mended |",
            "| --- | --- | --- | --- | --- |",
        ]
        lines += [
            f"| [{one.id}]({one.id}.md) | {one.title.replace('|', chr(92) + '|')} | {one.how} | "
            f"{one.severity.word} | {one.fix.value} |"
            for one in all_rules().values()
            if one.family == family
        ]
        lines.append("")
    return "\n".join(lines)
