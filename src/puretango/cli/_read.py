"""``puretango read``: values of attributes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from puretango.cli._client import NAME_HELP, Json, proxy, split_name
from puretango.cli._failure import explained
from puretango.cli._output import complain, print_json, table
from puretango.cli._values import for_people
from puretango.errors import DevFailed

if TYPE_CHECKING:
    from puretango.client import DeviceProxy
    from puretango.values import DeviceAttribute

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(read)


@dataclass
class Asked:
    """An attribute that was asked for, and the result."""

    name: str
    device: str
    attribute: str
    answer: DeviceAttribute | None = None
    error: str = ""
    complaint: str = ""
    code: int = 0

    def fail(self, error: DevFailed, *, whole: bool = False) -> None:
        """Note that it could not be read; with ``whole``, nor could anything else of its device."""
        self.error, self.code = explained(error)
        self.complaint = self.error if whole else f"{self.name}: {self.error}"


def read(
    names: Annotated[list[str], typer.Argument(metavar="DEVICE/ATTRIBUTE...", help=NAME_HELP)],
    as_json: Json = False,
) -> None:
    """Read attributes: value, quality and time. One that fails keeps none of the others back."""
    asked = [Asked(name, *split_name(name)) for name in names]
    rows = []
    for device in dict.fromkeys(one.device for one in asked):
        rows += _ask(device, [one for one in asked if one.device == device], not as_json)
    if as_json:
        print_json([_record(one) for one in asked])
    elif rows:
        rows.sort(key=lambda row: names.index(row[0]))
        table(("ATTRIBUTE", "VALUE", "QUALITY", "TIME"), rows)
    for text in dict.fromkeys(one.complaint for one in asked if one.complaint):
        complain(text)
    code = max(one.code for one in asked)
    if code:
        raise typer.Exit(code)


def _ask(device: str, asked: list[Asked], for_a_table: bool) -> list[tuple[str, ...]]:
    """Read the attributes of one device in one request; returns their rows of the table."""
    try:
        target = proxy(device)
        answers = target.read_attributes([one.attribute for one in asked])
        for one, answer in zip(asked, answers, strict=True):
            if answer.has_failed:
                one.fail(DevFailed(*answer.get_err_stack()))
            else:
                one.answer = answer
        return list(_rows(target, asked)) if for_a_table else []
    except DevFailed as error:
        for one in asked:
            one.fail(error, whole=True)
        return []


def _rows(target: DeviceProxy, asked: list[Asked]) -> Iterable[tuple[str, ...]]:
    from datetime import datetime

    good = [(one, one.answer) for one in asked if one.answer is not None]
    if not good:
        return
    settings = target.get_attribute_config([one.attribute for one, _ in good])
    for (one, answer), about in zip(good, settings, strict=True):
        unit = f" {about.unit}" if about.unit and about.unit != "No unit" else ""
        yield (
            one.name,
            for_people(answer.value, about.format) + unit,
            answer.quality.name.removeprefix("ATTR_"),
            datetime.fromtimestamp(answer.time.totime()).isoformat(" ", "milliseconds"),
        )


def _record(one: Asked) -> dict[str, Any]:
    if one.answer is None:
        return {"name": one.name, "error": one.error}
    return {
        "name": one.name,
        "value": one.answer.value,
        "quality": one.answer.quality.name.removeprefix("ATTR_"),
        "time": one.answer.time.totime(),
    }
