"""Registry: the checks, by kind of subject."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from puretango.lint._finding import Found

__all__ = ["Checks"]

_Subject = TypeVar("_Subject")


@dataclass
class Checks:
    """The checks of one kind of subject, with the rules that each may report."""

    by_rule: dict[str, list[Callable[..., Iterator[Found]]]] = field(default_factory=dict)
    functions: list[tuple[tuple[str, ...], Callable[..., Iterator[Found]]]] = field(
        default_factory=list
    )

    def check(
        self, *rules: str
    ) -> Callable[[Callable[[_Subject], Iterator[Found]]], Callable[[_Subject], Iterator[Found]]]:
        """Decorator of a generator function that takes the subject and yields what it finds."""

        def register(
            function: Callable[[_Subject], Iterator[Found]],
        ) -> Callable[[_Subject], Iterator[Found]]:
            for rule in rules:
                self.by_rule.setdefault(rule, []).append(function)
            self.functions.append((rules, function))
            return function

        return register

    def run(self, subject: object, wanted: Callable[[str], bool]) -> Iterator[Found]:
        """The findings of the checks whose rules are wanted."""
        for rules, function in self.functions:
            if any(map(wanted, rules)):
                for found in function(subject):
                    if wanted(found.rule):
                        yield found
