"""A class that breaks more than fifty rules on purpose: all are found, each on its line."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from puretango.lint import Settings, fix_files, lint_paths
from puretango.testing import DeviceTestContext

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "bad_power_supply.py"
OF_PACKAGES = ("TD004", "TD006", "TK010")


def _marked() -> set[tuple[int, str]]:
    return {
        (number, rule)
        for number, line in enumerate(EXAMPLE.read_text().splitlines(), 1)
        if "# breaks" in line
        for rule in re.findall(r"T[A-Z]\d{3}", line.partition("# breaks")[2])
    }


def test_all_are_found_on_the_right_line() -> None:
    wanted = _marked()
    assert len({rule for _, rule in wanted}) >= 50
    found = lint_paths([EXAMPLE], Settings(ignore=OF_PACKAGES)).sorted()
    assert {(one.place.line, one.rule) for one in found} == wanted


def test_mended_it_starts_and_what_is_left_no_tool_can_mend(tmp_path: Path) -> None:
    path = tmp_path / "mended_supply.py"
    # Nothing listens there: the mended device looks at its alarmed attributes when asked its State.
    path.write_text(EXAMPLE.read_text().replace("192.168.1.17", "127.0.0.1"))
    left, mended = fix_files(
        lambda: lint_paths([path], Settings(ignore=OF_PACKAGES)).sorted(), unsafe=True
    )
    assert len(mended) >= 30
    assert [one for one in left if one.fix is not None] == []
    spec = importlib.util.spec_from_file_location("mended_supply", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with DeviceTestContext(module.BadSupply) as proxy:
        assert proxy.state().name in ("ON", "ALARM")  # its readings are nothing's
        assert {"outputCurrent", "readback", "log"} <= set(proxy.get_attribute_list())
