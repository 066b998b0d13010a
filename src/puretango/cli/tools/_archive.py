"""``puretango archive`` and ``puretango history``: archiving attributes, and viewing the archive."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from puretango.cli._db import at_the_end, user_folder
from puretango.cli._failure import FAILED, USAGE, Failure
from puretango.cli._output import complain, print_json, say, table
from puretango.cli._values import for_people

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from puretango.archive import ArchiveReader, Configuration, Gap, Rule, Series, Settings

__all__ = ["register"]

_ADDRESS = (
    "Where the archive is: file:DIRECTORY, or postgresql://USER:PASSWORD@HOST/DATABASE "
    "[default: $PURETANGO_ARCHIVE, else ~/.local/share/puretango/archive]."
)
StoreOption = Annotated[str | None, typer.Option("--store", metavar="ADDRESS", help=_ADDRESS)]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(archive)
    app.command()(history)


def store_or_default(store: str | None) -> str:
    """The store's address: the option's, the environment's, or the user's own."""
    if store:
        return store
    return os.environ.get("PURETANGO_ARCHIVE") or f"file:{user_folder() / 'archive'}"


# ── archive ──


def archive(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME...", help="Attributes, whole devices, or patterns: sys/*/1/*."
        ),
    ] = None,
    store: StoreOption = None,
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", exists=True, dir_okay=False, help="Attributes from TOML."),
    ] = None,
    strategy: Annotated[
        str, typer.Option(help="Contexts in which NAMEs are archived: RUN|SHUTDOWN.")
    ] = "ALWAYS",
    retention: Annotated[
        str, typer.Option(metavar="TIME", help="How long samples of NAMEs are kept: 36h, 10d, 1y.")
    ] = "forever",
    poll: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", min=0.001, help="Read NAMEs that send no events."),
    ] = None,
    context: Annotated[str, typer.Option(help="What goes on when the archiver starts: RUN.")] = "",
    name: Annotated[str, typer.Option(help="The archiver's devices: archive/es/NAME.")] = "1",
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 for any.")] = 0,
    plan: Annotated[
        bool, typer.Option("--plan", help="Print what --apply would change, and end.")
    ] = False,
    apply: Annotated[
        bool, typer.Option("--apply", help="Make a running archiver archive this, and end.")
    ] = False,
    archiver: Annotated[
        str | None,
        typer.Option(metavar="DEVICE", help="The archiver that is planned for [archive/es/NAME]."),
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Let --plan and --apply remove nothing.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Read every block of the archive, tell damage, and end.")
    ] = False,
) -> None:
    """Archive attributes until Ctrl-C, as HDB++'s event subscriber and configuration manager do.

    With a database the archiver's devices are put into it; without one it works all the same.
    """
    from puretango.archive import Configuration, load

    configuration = load(config) if config is not None else Configuration()
    address = store or configuration.store or store_or_default(None)
    if check:
        _check(address)
        return
    rules = [*configuration.rules, *_rules(names or [], strategy, retention, poll)]
    wanted = _wanted(configuration, rules)
    if plan or apply:
        device = archiver or f"archive/es/{configuration.name or name}"
        _plan(device, wanted, apply=apply, keep=keep)
        return
    from puretango.archive import archive_server, introduce, open_store

    open_store(address).close()  # a wrong address is reported here, in one line
    server = archive_server(
        address,
        wanted,
        name=configuration.name or name,
        host=host,
        port=port,
        context=context or configuration.context,
        contexts=configuration.contexts,
    )
    with server, at_the_end(server.kill):
        _complain_of_failures(server)
        introduce(server)
        say(f"archiving {len(wanted)} attributes to {address}")
        for served in server.devices:
            if served.get_name() != server.admin_name and not server.store.is_database:
                say(f"serving {server.access(served.get_name())}")
        server.wait()


def _complain_of_failures(server: Any) -> None:
    for device in server.devices:
        if "/es/" in device.get_name() and str(device.get_state()) == "FAULT":
            raise Failure(str(device.get_status()))


def _rules(names: Iterable[str], strategy: str, retention: str, poll: float | None) -> list[Rule]:
    from puretango.archive import Rule, Settings, hours_of

    contexts = tuple(part.strip().upper() for part in strategy.split("|"))
    settings = Settings(contexts, hours_of(retention, "--retention"), poll)
    return [Rule(_pattern(name), settings) for name in names]


def _pattern(name: str) -> str:
    """domain/family/member means the whole device."""
    plain, hash_, option = name.partition("#")
    path = plain.removeprefix("tango://")
    parts = path.count("/") - (1 if path != plain else 0)
    if parts < 2:
        raise Failure(f"{name} is neither an attribute nor a device", USAGE)
    if parts > 2:
        return name
    return f"{plain}{hash_}{option}/*" if hash_ else f"{plain}/*"


def _wanted(configuration: Configuration, rules: Sequence[Rule]) -> dict[str, Settings]:
    from dataclasses import replace

    from puretango.archive import found_attributes

    found = found_attributes(replace(configuration, rules=tuple(rules)))
    for problem in found.problems:
        complain(problem)
    return found.attributes


def _plan(device: str, wanted: dict[str, Settings], *, apply: bool, keep: bool) -> None:
    from puretango.archive import apply_to, plan, settings_of_device
    from puretango.client import DeviceProxy

    proxy: Any = DeviceProxy(device)
    now = settings_of_device(proxy)
    changes = [c for c in plan(wanted, now) if not (keep and c.what == "remove")]
    for change in changes:
        say(str(change))
    told = {what: sum(c.what == what for c in changes) for what in ("add", "change", "remove")}
    say(f"{told['add']} to add, {told['change']} to change, {told['remove']} to remove on {device}")
    if not apply:
        return
    failed = apply_to(proxy, changes)
    for text in failed:
        complain(text)
    if failed:
        raise Failure(f"{len(failed)} of {len(changes)} changes failed", FAILED)
    say("applied")


def _check(address: str) -> None:
    from puretango.archive import ArchiveReader, FileReader

    with ArchiveReader(address) as reader:
        found: list[Gap] = []
        names = reader.attributes()
        if isinstance(reader.store, FileReader):
            for each in names:
                found += reader.store.damage(each)
    for gap in found:
        say(f"{gap.name}: {gap.count} samples from {_instant(gap.start)}: {gap.text}")
    if found:
        raise Failure(f"{len(found)} blocks are damaged")
    say(f"{len(names)} attributes, nothing damaged")


# ── history ──


def history(
    name: Annotated[str, typer.Argument(metavar="DEVICE/ATTRIBUTE", help="Full or short.")],
    store: StoreOption = None,
    start: Annotated[
        str, typer.Option("--from", metavar="TIME", help="2026-11-29T12:00, seconds, -2h, now-1d.")
    ] = "-1h",
    end: Annotated[str, typer.Option("--to", metavar="TIME", help="The same.")] = "now",
    plot: Annotated[bool, typer.Option("--plot", help="Draw it in the terminal.")] = False,
    png: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw it into a PNG (matplotlib).")
    ] = None,
    points: Annotated[
        int | None, typer.Option(min=1, help="At most so many bins: smallest, largest, mean.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write .csv, .parquet, .h5 or .hdf5.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, for programs.")] = False,
) -> None:
    """Print, draw or export what was archived of an attribute, gaps included."""
    from puretango.archive import ArchiveReader, nanoseconds

    try:
        between = nanoseconds(start), nanoseconds(end)
    except ValueError as error:
        raise Failure(str(error), USAGE) from error
    if between[1] <= between[0]:
        raise Failure(f"--to {end} is not after --from {start}", USAGE)
    with ArchiveReader(store_or_default(store)) as reader:
        full = reader.full_name(name)
        if plot or png is not None:
            _draw(reader, full, between, points or 144, png)
        elif output is not None:
            from puretango.archive import export

            say(f"{export(reader.store.series(full, *between), output)} samples to {output}")
        elif as_json:
            _print_answer(reader, full, between, points)
        elif points is not None:
            _print_bins(reader, full, between, points)
        else:
            _print_samples(reader.store.series(full, *between), reader.store.gaps(full, *between))


def _draw(
    reader: ArchiveReader, name: str, between: tuple[int, int], points: int, png: Path | None
) -> None:
    from puretango.archive import drawn, plot_png

    found = reader.store.decimated(name, *between, 2000 if png is not None else points)
    if png is not None:
        plot_png(found, png)
        say(f"{len(found)} points to {png}")
        return
    say(name)
    say(drawn(found, *between))


def _print_answer(
    reader: ArchiveReader, name: str, between: tuple[int, int], points: int | None
) -> None:
    import json
    from urllib.parse import urlencode

    from puretango.archive import archive_data

    asked = {"name": name, "from": between[0] / 1e9, "to": between[1] / 1e9}
    status, body = archive_data(reader, urlencode(asked | ({"points": points} if points else {})))
    answer = json.loads(body)
    if status != 200:
        raise Failure(answer["error"])
    print_json(answer)


def _print_bins(reader: ArchiveReader, name: str, between: tuple[int, int], points: int) -> None:
    found = reader.store.decimated(name, *between, points)
    columns = (found.time, found.low, found.high, found.mean, found.count)
    rows = [
        (_instant(time), f"{low:g}", f"{high:g}", f"{mean:g}", str(count))
        for time, low, high, mean, count in zip(*(column.tolist() for column in columns))
    ]
    table(("from", "min", "max", "mean", "count"), rows)


def _print_samples(found: Sequence[Series], gaps: Sequence[Gap]) -> None:
    rows: list[tuple[int, tuple[str, ...]]] = []
    for series in found:
        quality = [] if series.quality is None else series.quality.tolist()
        columns = (series.time.tolist(), series.values_or_none(), series.set_values_or_none())
        for time, value, set_value, q in zip(*columns, quality):
            set_text = "" if set_value is None else _shown(series, set_value)
            cells = (_instant(time), _shown(series, value), set_text, _QUALITIES[q])
            rows.append((time, cells))
    for gap in gaps:
        until = f" until {_instant(gap.end)}" if gap.end is not None else ""
        count = f", {gap.count} lost" if gap.count else ""
        told = f"-- {gap.kind}{until}{count}" + (f": {gap.text}" if gap.text else "")
        rows.append((gap.start, (_instant(gap.start), told, "", "")))
    rows.sort(key=lambda row: row[0])
    table(("time", "value", "set", "quality"), [cells for _, cells in rows])


_QUALITIES = ("VALID", "INVALID", "ALARM", "CHANGING", "WARNING")


def _shown(series: Series, value: Any) -> str:
    from puretango.values import DevState

    if value is None:
        return ""
    kind = series.kind
    if kind.is_scalar and kind.type == "DevState":
        return str(DevState(value))
    if kind.is_scalar and kind.labels and 0 <= value < len(kind.labels):
        return str(kind.labels[value])
    return for_people(value)


def _instant(nanoseconds: int) -> str:
    return datetime.fromtimestamp(nanoseconds / 1e9).isoformat(" ", "milliseconds")
