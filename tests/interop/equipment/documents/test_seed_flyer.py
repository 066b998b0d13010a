"""The notebook about a flyer around the busy record, run cell by cell against the simulated IOC."""

from __future__ import annotations

from tests.interop.equipment.documents.seeds import notebook_cells, seed
from tests.interop.equipment.iocs import Ioc

RUN = """
    import event_model
    from event_model import DocumentNames, schema_validators

    documents = []
    def check(name, document):
        schema_validators[DocumentNames[name]].validate(document)
        documents.append((name, document))

    namespace = {"__name__": "notebook"}
    for number, cell in sorted((int(n), c) for n, c in cells.items()):
        exec(compile(cell, f"cell {number}", "exec"), namespace)
        if number == 1:
            namespace["RE"].subscribe(check)
    result = {"documents": documents, "start": namespace["ifly"].t0}
"""


def test_every_cell_is_found() -> None:
    """The numbers of the notebook's code cells, and what the last one is."""
    cells = notebook_cells(seed("003"))
    assert sorted(cells) == list(range(1, 25))
    assert all(cells.values())
    assert cells[24].startswith("RE(bluesky.plans.fly([ifly])")
    assert "class MyFlyer" in cells[19]
    assert "def collect" in cells[19]


def test_the_notebook_runs(busy_ioc: Ioc) -> None:
    """All cells, changed in the PV names only; the final flight gives the controller's points."""
    cells = {
        number: code.replace("prj:", busy_ioc.prefix)
        for number, code in notebook_cells(seed("003")).items()
    }
    answer = busy_ioc.python(RUN, cells=cells)
    documents = answer["documents"]
    starts = [i for i, (name, _) in enumerate(documents) if name == "start"]
    assert len(starts) == 5
    flight = documents[starts[-1] :]
    assert flight[0][1]["md"]["purpose"] == "develop Flyer for APS fly scans"
    assert flight[-1][0] == "stop"
    assert flight[-1][1]["exit_status"] == "success"
    (page,) = [document for name, document in flight if name == "event_page"] or [None]
    assert page is not None
    assert page["data"]["ifly_xArr"][0] == -1.0
    assert page["data"]["ifly_xArr"][-1] == 1.0
    assert len(page["seq_num"]) == 11
    stamps = page["timestamps"]["ifly_tArr"]
    assert stamps == sorted(stamps)
    assert stamps[0] > answer["start"]
