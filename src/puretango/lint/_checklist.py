"""Checklist: questions that no tool can decide, answered by people in pyproject.toml."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["QUESTIONS", "checklist_text"]

QUESTIONS = {
    "H01": ("Was an existing class looked for first?", "Reusability"),
    "H02": ("Is one device one element of the system, and self-consistent?", "Device"),
    "H03": (
        "Do names speak the users' language, physical and engineering terms?",
        "Device concept",
    ),
    "H04": (
        "Does the interface reflect the service, and only the service?",
        "Generic interface programming",
    ),
    "H05": ("Is the choice of Operator and Expert thoughtful?", "Interface level choice"),
    "H06": ("Are states and guarantees what an operator needs?", "Device states"),
    "H07": ("Is ALARM really needed beside FAULT?", "Semantics of non-nominal states"),
    "H08": ("Can an operator understand every error text?", "Error handling"),
    "H09": ("Is the hardware read again where a cached value will not do?", "Threading mechanism"),
    "H10": ("What may happen when two clients do it at once?", "Device"),
}
"""Number, question, section of the guidelines."""


def checklist_text(answers: Mapping[str, str]) -> str:
    """The checklist, with the answers of ``[tool.puretango.lint.checklist]``."""
    lines = []
    for number, (question, section) in QUESTIONS.items():
        answer = answers.get(number, "")
        lines.append(f"[{'x' if answer else ' '}] {number} {question} (G, {section})")
        if answer:
            lines.append(f"        {answer}")
    open_ones = sum(1 for number in QUESTIONS if not answers.get(number))
    lines.append(
        f"{open_ones} of {len(QUESTIONS)} open: answer in [tool.puretango.lint.checklist]."
    )
    return "\n".join(lines) + "\n"
