"""No control of the pages that no test presses: see tests/interop/web/controls.py."""

from __future__ import annotations

import re
from pathlib import Path

from puretango.web._app import STATIC
from tests.interop.web.controls import all_controls, controls_of, ledger


def test_controls_are_found_in_templates() -> None:
    text = (
        "html`<p>a</p><button disabled=${() => 1 > 0} onClick=${() => go('>')}>Go on</button>"
        "<a>no link</a><a href=${to(x)}>x</a><input aria-label=${'level of ' + name} />"
        "<canvas onPointerDown=${down} onDblClick=${whole}></canvas><div>none</div><button>Go on</button>`"
    )
    assert [(each.name, each.double) for each in controls_of("m.js", text)] == [
        ("m.js button Go on", False),
        ("m.js a x", False),
        ("m.js input level of", False),
        ("m.js canvas", True),
        ("m.js button Go on (2)", False),
    ]


def test_each_control_is_pressed_by_a_test_of_the_browser() -> None:
    """``PURETANGO_PRESSED=write pytest tests/interop/web`` notes who presses what."""
    pressed = {name for names in ledger().values() for name in names}
    assert sorted(set(all_controls(STATIC)) - pressed) == []


def test_the_ledger_has_no_control_that_is_gone() -> None:
    pressed = {name for names in ledger().values() for name in names}
    assert sorted(pressed - set(all_controls(STATIC))) == []


def test_the_words_of_the_ten_tasks_are_on_the_pages() -> None:
    """Whoever follows docs/web.md finds each word that it says to click."""
    page = (Path(__file__).resolve().parents[3] / "docs" / "web.md").read_text()
    tasks = page[page.index("## Ten tasks") : page.index("## Who may do what")]
    words = {" ".join(word.split()) for word in re.findall(r"\*\*([^*]+)\*\*", tasks)}
    modules = [path for path in STATIC.rglob("*.js") if path.parent.name != "vendor"]
    text = "\n".join(path.read_text() for path in modules)
    for source in ("device", "cache", "cache-device"):
        text = text.replace("Read from ${source}", f"Read from {source} Read from ${{source}}")
    assert len(words) > 30
    assert {word for word in words if word.removeprefix("Read ") not in text} == set()
