"""Configuration, alarms, limits and set values of attributes: our server beside PyTango's, asked by PyTango."""

from __future__ import annotations

from typing import Any

import pytest

from tests.interop.peers.client import PyTangoClient
from tests.interop.peers.twins import compare

_PLACES = """
m = full("m/model/1")
def place(info, name):
    for part, names in (("alarms", ("min_alarm", "max_alarm", "min_warning", "max_warning", "delta_t",
                                    "delta_val")),):
        if name in names:
            return info.alarms
    events = info.events
    if name in ("rel_change", "abs_change"):
        return events.ch_event
    if name == "period":
        return events.per_event
    if name.startswith("archive_"):
        return events.arch_event
    return info

def change(attribute, **texts):
    info = m.get_attribute_config(attribute)
    for name, text in texts.items():
        setattr(place(info, name), name, text)
    return step(m.set_attribute_config, info)

def shown(attribute, *names):
    info = m.get_attribute_config(attribute)
    return [getattr(place(info, name), name) for name in names]

def stored(attribute):
    found = database.get_device_attribute_property("m/model/1", [attribute])[attribute]
    return {name: list(texts) for name, texts in found.items()}

def read(attribute):
    return (str(m.read_attribute(attribute).quality), str(m.state()), m.status())
"""

TEXTS = ("label", "description", "unit", "standard_unit", "display_unit", "format")
LIMITS = ("min_value", "max_value", "min_alarm", "max_alarm", "min_warning", "max_warning")
CHANGES = ("rel_change", "abs_change", "archive_rel_change", "archive_abs_change")
PERIODS = ("period", "archive_period")


@pytest.mark.parametrize("name", [*TEXTS, *LIMITS, *CHANGES, *PERIODS])
def test_each_property_with_each_text(
    name: str, model_client: PyTangoClient, models: dict[str, str]
) -> None:
    """Accepted or refused, shown, and kept in the database under the same name in the same form."""
    compare(
        model_client,
        models,
        _PLACES,
        """
        for attribute in ("plain", "dressed", "text", "flag", "whole", "choice", "row", "State"):
            for text in ("3", "Not specified", "NaN", "", "word", "-1"):
                out.append((attribute, text, change(attribute, **{n: text}), shown(attribute, n),
                            {k: v for k, v in stored(attribute).items() if k.endswith(n)}))
                change(attribute, **{n: "Not specified"})
        m.Init()
        return plain(out)
        """,
        n=name,
    )


def test_criteria_with_two_numbers(model_client: PyTangoClient, models: dict[str, str]) -> None:
    found = compare(
        model_client,
        models,
        _PLACES,
        """
        for text in ("5,6", "-5,6", "5", "-5", "5,-6", "Not specified,6", "5,Not specified", "5, 6", "1,2,3",
                     "x", "", "NaN", "inf", "5,NaN", "5.50", "0"):
            out.append((text, change("plain", rel_change=text), shown("plain", "rel_change"),
                        stored("plain").get("rel_change")))
        return plain(out)
        """,
    )
    assert found[0][2:] == [["5,6"], ["-5", "6"]]


def test_both_numbers_of_rds(model_client: PyTangoClient, models: dict[str, str]) -> None:
    compare(
        model_client,
        models,
        _PLACES,
        """
        for t, v in (("200", "3"), ("", ""), ("300", "4"), ("NaN", "NaN"), ("100", "2")):
            for name in ("plain", "dressed"):
                out.append((change(name, delta_t=t, delta_val=v), shown(name, "delta_t", "delta_val"),
                            {k: x for k, x in stored(name).items() if "delta" in k}))
        change("plain", delta_t="Not specified", delta_val="Not specified")
        return plain(out)
        """,
    )


def test_labels_of_an_enumeration(model_client: PyTangoClient, models: dict[str, str]) -> None:
    """Clients may change the words, not their number."""
    found = compare(
        model_client,
        models,
        _PLACES,
        """
        for labels in (["X", "Y"], [], ["X", "X", "X"], ["Not specified"], [""], ["P", "Q", "R"], ["NaN"]):
            out.append((labels, change("choice", enum_labels=labels),
                        list(m.get_attribute_config("choice").enum_labels), stored("choice")))
        return plain(out)
        """,
    )
    assert found[5][2] == ["P", "Q", "R"]


def test_what_cannot_be_changed(model_client: PyTangoClient, models: dict[str, str]) -> None:
    compare(
        model_client,
        models,
        _PLACES,
        """
        for name, value in (
            ("data_type", 3), ("data_format", tango.AttrDataFormat.SPECTRUM),
            ("writable", tango.AttrWriteType.READ), ("max_dim_x", 5), ("max_dim_y", 5),
            ("writable_attr_name", "x"), ("disp_level", tango.DispLevel.EXPERT), ("name", "nonsense"),
            ("root_attr_name", "x"), ("memorized", tango.AttrMemorizedType.MEMORIZED),
        ):
            out.append((name, change("plain", **{name: value})))
        out.append(change("State"))
        one, two = m.get_attribute_config("plain"), m.get_attribute_config("whole")
        one.label, two.alarms.max_alarm = "a new label", "nonsense"
        out.append(step(m.set_attribute_config, [one, two]))
        out.append(shown("plain", "label"))
        change("plain", label="")
        return plain(out)
        """,
    )


def test_the_class_s_entries_in_the_database(
    model_client: PyTangoClient, models: dict[str, str]
) -> None:
    """Device before class before author before library; read again at DevRestart."""
    compare(
        model_client,
        models,
        _PLACES,
        """
        database.put_class_attribute_property("Model", {"plain": {"max_value": ["5"], "rel_change": ["2"]},
                                                        "dressed": {"label": ["of class"]}})
        full("dserver/model/one").RestartServer()
        until(lambda: step(shown, "plain", "max_value") == ("value", ["5"]), step=0.1)
        for text in ("7", "Not specified", "", "NaN"):
            out.append((text, change("plain", max_value=text, rel_change=text),
                        shown("plain", "max_value", "rel_change"), stored("plain")))
        for text in ("Not specified", "mine", "", "other", "NaN"):
            out.append((text, change("dressed", label=text), shown("dressed", "label"),
                        stored("dressed").get("label")))
        database.delete_class_attribute_property("Model", {"plain": ["max_value", "rel_change"],
                                                           "dressed": ["label"]})
        return plain(out)
        """,
    )


def test_alarms_qualities_and_what_the_device_makes_of_them(
    model_client: PyTangoClient, models: dict[str, str]
) -> None:
    """Levels, RDS beside them, and a quality of the author's that is not looked behind."""
    compare(
        model_client,
        models,
        _PLACES,
        """
        m.Init()
        for name in ("marked", "unwatched"):
            for words in (["1", "ATTR_VALID"], ["9", "ATTR_VALID"], ["9", "ATTR_CHANGING"],
                          ["9", "ATTR_WARNING"], ["1", "ATTR_WARNING"], ["1", "ATTR_ALARM"],
                          ["9", "ATTR_INVALID"], ["nan", "ATTR_VALID"], ["1", "ATTR_VALID"]):
                m.Mark(words)
                out.append((words, read(name)))
        # A difference of nothing at all is left out: PyTango 10.3.1 calls it an alarm.
        for value, offset in ((5, 3), (5, 2), (5, 1.9), (5, -2), (5, 5), (-7, 3), (0, float("nan"))):
            m.write_attribute("dressed", value)
            m.Drift(offset)
            time.sleep(0.12)
            out.append((value, offset, read("dressed")))
        m.Init()
        return plain(out)
        """,
    )


def test_limits_and_partial_failures(model_client: PyTangoClient, models: dict[str, str]) -> None:
    compare(
        model_client,
        models,
        _PLACES,
        """
        for name, value in (("dressed", 11), ("dressed", float("nan")), ("plain", float("nan")),
                            ("plain", float("inf")), ("row", [1.0, float("nan")]), ("dressed", 10),
                            ("dressed", -10), ("dressed", 10.0001)):
            out.append((name, value, step(m.write_attribute, name, value)))
        out.append([(one.name, one.has_failed)
                    for one in m.read_attributes(["plain", "nosuch", "State", "whole"])])
        out.append(step(m.write_attributes, [("plain", 1.0), ("dressed", 99.0), ("whole", 3)]))
        out.append((m.read_attribute("plain").w_value, m.read_attribute("whole").w_value))
        out.append(step(lambda: [one.value for one in m.write_read_attributes(
            [("plain", 4.0), ("dressed", 99.0)], ["plain"])]))
        out.append([one.value for one in m.write_read_attributes([("plain", 4.0)], ["plain", "whole"])])
        out.append(m.write_read_attribute("plain", 4.5).value)
        m.Init()
        return plain(out)
        """,
    )


MEMORIZED = ("kept", "kept_text", "kept_flag", "kept_choice", "shown", "touchy")


def test_memorized_values(model_client: PyTangoClient, models: dict[str, str]) -> None:
    """Kept in the same words; written after Init and DevRestart where that is wanted, else only shown."""
    compare(
        model_client,
        models,
        """
        m = full("m/model/1")
        for name, value in (("kept", 1.25), ("kept_text", "a 'text'\\nof two"), ("kept_flag", True),
                            ("kept_choice", 1), ("shown", 1e-7), ("touchy", 3)):
            out.append(step(m.write_attribute, name, value))
        found = database.get_device_attribute_property("m/model/1", list(names))
        out.append({name: list(texts["__value"]) for name, texts in found.items()})
        for again in (m.Init, lambda: full("dserver/model/one").DevRestart("m/model/1")):
            again()
            out.append([(name, m.read_attribute(name).value, m.read_attribute(name).w_value)
                        for name in names])
            out.append(list(m.Written()))
        out += [str(m.get_attribute_config(name).memorized) for name in ("kept", "shown", "plain")]
        return plain(out)
        """,
        names=MEMORIZED,
    )


def test_wrong_configuration_in_the_database(
    model_client: PyTangoClient, models: dict[str, str]
) -> None:
    """Told in State, Status and each request; setting it right mends it."""
    compare(
        model_client,
        models,
        """
        m, admin = full("m/model/1"), full("dserver/model/one")
        wrong = {"plain": {"max_value": ["word"]}, "whole": {"min_alarm": ["5"], "max_alarm": ["2"]},
                 "text": {"max_value": ["5"]}, "row": {"rel_change": ["a"]}, "choice": {"enum_labels": ["A", "A"]}}
        database.put_device_attribute_property("m/model/1", wrong)
        admin.DevRestart("m/model/1")
        out.append((str(m.state()), m.status()))
        for name in (*wrong, "dressed"):
            out.append((name, step(lambda: plain(m.read_attribute(name).value))))
        out.append(step(m.write_attribute, "plain", 3.0))
        info = m.get_attribute_config("plain")
        info.max_value = "10"
        out.append((step(m.set_attribute_config, info), step(lambda: m.read_attribute("plain").value)))
        out.append((str(m.state()), m.status()))
        database.delete_device_attribute_property("m/model/1", {k: list(v) for k, v in wrong.items()})
        admin.DevRestart("m/model/1")
        out.append((str(m.state()), m.status()))
        return plain(out)
        """,
    )


def test_a_memorized_value_that_is_none_is_told(
    model_client: PyTangoClient, models: dict[str, str]
) -> None:
    """PyTango ignores it in silence; here the attribute says so until it is written."""
    from tests.interop.peers.twins import ask

    found: Any = ask(
        model_client,
        models["puretango"],
        """
        m = full("m/model/1")
        database.put_device_attribute_property("m/model/1", {"kept": {"__value": ["word"]}})
        full("dserver/model/one").DevRestart("m/model/1")
        out += [str(m.state()), m.status(), step(lambda: m.read_attribute("kept").value)]
        m.write_attribute("kept", 2.0)
        return plain([*out, str(m.state()), m.read_attribute("kept").value])
        """,
    )
    assert found[0] == "ALARM"
    assert "Memorized attribute kept has failed during device startup sequence" in found[1]
    assert [one[0] for one in found[2][2][:2]] == ["API_AttrOptProp", "API_MemAttFailedDuringInit"]
    assert found[3:] == ["ON", 2.0]
