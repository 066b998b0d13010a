"""Pogo's files: read, written, compared; nothing in them is ever lost."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from puretango.model import (
    BadXml,
    Inheritance,
    ancestors,
    compare_models,
    keep_regions,
    parse_xmi,
    read_xmi,
    write_xmi,
)

DATA = Path(__file__).resolve().parents[2] / "data" / "xmi"
UNIT = DATA / "HeatingUnit.xmi"

PUBLIC = os.environ.get("PURETANGO_POGO_FILES", "")
"""A folder of Pogo files of other people, fetched by hand: their licences differ."""


def test_reads_what_pogo_writes() -> None:
    model = read_xmi(UNIT).model
    assert (model.name, model.language, model.title) == ("HeatingUnit", "Java", "Heating unit")
    assert model.bases == (Inheritance("Regulator", "/opt/classes"),)
    assert model.identification.bus == "Ethernet"
    assert model.identification.key_words == ("oven", "stage")
    host, limits = model.device_properties
    assert (host.mandatory, host.default) == (True, None)
    assert (limits.data_type, limits.default) == ("DevVarDoubleArray", ("0", "300"))
    temperature = model.attribute("Temperature")
    assert temperature is not None
    assert temperature.unit == "°C"
    assert (temperature.min_value, temperature.max_alarm) == ("0", "310")
    assert (temperature.abs_change, temperature.archive_period) == ("0.1", "60000")
    assert temperature.hw_memorized
    assert temperature.change_event == (True, True)
    assert temperature.write_excluded_states == ("FAULT",)
    assert temperature.polling_period == 1000
    heat, calibrate = model.command("Heat"), model.command("Calibrate")
    assert heat is not None
    assert calibrate is not None
    assert heat.excluded_states == ("FAULT", "UNKNOWN")
    assert (calibrate.argin.data_type, calibrate.argout.data_type) == (
        "DevVarDoubleArray",
        "DevULong",
    )
    zone, ambient = model.attribute("zone"), model.attribute("ambient")
    assert zone is not None
    assert zone.dynamic
    assert ambient is not None
    assert ambient.forwarded
    mode, history = model.attribute("mode"), model.attribute("history")
    assert mode is not None
    assert mode.enum_labels == ("RAMP", "HOLD")
    assert history is not None
    assert (history.data_format, history.max_dim_x) == ("SPECTRUM", 1024)
    assert [state.name for state in model.states] == ["ON", "FAULT"]


def test_several_classes_in_one_server() -> None:
    (multi,) = read_xmi(DATA / "Ovens.multi.xmi").multi
    assert multi.name == "Ovens"
    assert [one.class_name for one in multi.classes] == ["HeatingUnit", "Chimney"]


@pytest.mark.parametrize("name", ["HeatingUnit.xmi"])
def test_an_unchanged_model_is_written_octet_for_octet(name: str) -> None:
    file = read_xmi(DATA / name)
    assert write_xmi(file.model, file) == (DATA / name).read_bytes()


def test_only_what_changed_changes() -> None:
    file = read_xmi(UNIT)
    changed = tuple(
        replace(one, unit="K") if one.name == "temperature" else one
        for one in file.model.attributes
    )
    before = UNIT.read_bytes().splitlines()
    after = write_xmi(replace(file.model, attributes=changed), file).splitlines()
    different = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert len(different) == 1
    assert b'unit="K"' in different[0][1]


def test_members_come_and_go() -> None:
    file = read_xmi(UNIT)
    model = file.model
    fewer = replace(
        model,
        attributes=(*model.attributes, replace(model.attributes[0], name="setPoint")),
        commands=tuple(one for one in model.commands if one.name != "Heat"),
    )
    again = parse_xmi(write_xmi(fewer, file)).model
    assert again.command("Heat") is None
    assert again.attribute("setPoint") is not None
    assert b"overlodedPollPeriodObject" in write_xmi(fewer, file)
    assert compare_models(fewer, again) == []


def test_a_new_document_says_the_same() -> None:
    model = read_xmi(UNIT).model
    again = parse_xmi(write_xmi(model)).model
    assert compare_models(model, again) == []
    assert again.identification == model.identification
    assert again.description == model.description


def test_a_difference_is_told_by_member_and_field() -> None:
    model = read_xmi(UNIT).model
    other = replace(
        model, attributes=tuple(replace(one, format="%4.1f") for one in model.attributes[:1])
    )
    told = [str(one) for one in compare_models(model, other)]
    assert "attribute temperature: format is '%6.2f' and '%4.1f'" in told
    assert "attribute mode: only on the left" in told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "DOCTYPE"),
        ('<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>', "DOCTYPE"),
        ("<a>", "line 1"),
        ("<a/>", "PogoSystem"),
        ("", "line 1"),
        ("<a>" * 100 + "</a>" * 100, "too deep"),
    ],
)
def test_other_xml_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadXml, match=said):
        parse_xmi(text.encode())


def _derived(folder: Path, name: str, base: str) -> Path:
    text = UNIT.read_text().replace('name="HeatingUnit"', f'name="{name}"')
    path = folder / f"{name}.xmi"
    path.write_text(text.replace('classname="Regulator"', f'classname="{base}"'))
    return path


def test_base_classes_are_found_beside(tmp_path: Path) -> None:
    _derived(tmp_path, "Regulator", "Device_Impl")
    path = _derived(tmp_path, "Oven", "Regulator")
    assert [one.model.name for one in ancestors(path)] == ["Regulator"]


def test_a_circle_of_bases_is_told(tmp_path: Path) -> None:
    _derived(tmp_path, "Regulator", "Oven")
    path = _derived(tmp_path, "Oven", "Regulator")
    with pytest.raises(BadXml, match="inherits from itself"):
        ancestors(path)


REGION = "# PROTECTED REGION ID({}) ENABLED START #\n{}# PROTECTED REGION END # //\n"


def test_regions_survive_a_new_generation() -> None:
    old = REGION.format("Unit.init_device", "mine()\n") + REGION.format("Unit.gone", "old()\n")
    new = "import x\n" + REGION.format("Unit.init_device", "pass\n")
    text, left = keep_regions(new, old)
    assert text == "import x\n" + REGION.format("Unit.init_device", "mine()\n")
    assert left == {"Unit.gone": "old()\n"}


def test_a_region_without_end_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"Unit\.init_device is never ended"):
        keep_regions("", "# PROTECTED REGION ID(Unit.init_device) ENABLED START #\nmine()\n")


@pytest.mark.skipif(not PUBLIC, reason="PURETANGO_POGO_FILES names no folder")
def test_public_files_lose_nothing() -> None:
    paths = sorted(Path(PUBLIC).glob("**/*.xmi"))
    assert len(paths) >= 20
    for path in paths:
        file = read_xmi(path)
        for model in file.models:
            again = parse_xmi(write_xmi(model)).model
            assert compare_models(model, again) == [], path
            assert again.identification == model.identification, path
            assert parse_xmi(write_xmi(model, file)).models == parse_xmi(path.read_bytes()).models
