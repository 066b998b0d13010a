"""What the environment says of telemetry."""

from __future__ import annotations

import pytest

from puretango.tracing import (
    PyTangoUserWarning,
    Runtime,
    TelemetryEndpoint,
    TelemetryExporter,
    TelemetryTopic,
    TelemetryType,
    read_settings,
    warned,
)

CONSOLE = TelemetryExporter.CONSOLE


def test_nothing_is_on_by_itself() -> None:
    settings = read_settings({}.get)
    assert not settings.enabled
    assert settings.tracing_endpoints == ()


def test_switched_on_it_goes_to_the_console() -> None:
    settings = read_settings({"TANGO_TELEMETRY_ENABLE": "ON"}.get)
    assert settings.enabled
    assert settings.tracing_endpoints == (TelemetryEndpoint(CONSOLE, ""),)
    assert (settings.tracing_enabled, settings.logging_enabled) == (True, True)


def test_lists_belong_together_by_place() -> None:
    environment = {
        "TANGO_TELEMETRY_ENABLE": "1",
        "TANGO_TELEMETRY_TRACING_EXPORTERS": "console, http,none",
        "TANGO_TELEMETRY_TRACING_ENDPOINTS": "cerr,http://there:4318/v1/traces",
        "TANGO_TELEMETRY_TYPES": "tracing",
        "TANGO_TELEMETRY_TOPICS": "user, polling",
    }
    settings = read_settings(environment.get)
    assert settings.tracing_endpoints == (
        TelemetryEndpoint(CONSOLE, "cerr"),
        TelemetryEndpoint(TelemetryExporter.HTTP, "http://there:4318/v1/traces"),
    )
    assert settings.types == (TelemetryType.TRACING,)
    assert settings.topics == (TelemetryTopic.USER, TelemetryTopic.POLLING)
    assert (settings.tracing_enabled, settings.logging_enabled) == (True, False)


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("TANGO_TELEMETRY_TRACING_EXPORTERS", "pigeon", "Defaulting to 'console'"),
        ("TANGO_TELEMETRY_TOPICS", "weather", "Ignoring it"),
        ("TANGO_TELEMETRY_TYPES", "smell", "Ignoring it"),
        ("TANGO_TELEMETRY_TRACING_ENDPOINTS", "cout,cerr", "Ignoring extra endpoint"),
    ],
)
def test_nonsense_is_warned_of(variable: str, value: str, words: str) -> None:
    with pytest.warns(UserWarning, match=words):
        settings = read_settings({"TANGO_TELEMETRY_ENABLE": "on", variable: value}.get)
    assert settings.enabled


def test_old_names_are_warned_of_and_say_nothing() -> None:
    warned.clear()
    environment = {
        "TANGO_TELEMETRY_ENABLE": "on",
        "TANGO_TELEMETRY_TRACES_EXPORTER": "http",
    }
    with pytest.warns(DeprecationWarning, match="TANGO_TELEMETRY_TRACING_EXPORTERS"):
        settings = read_settings(environment.get)
    assert settings.tracing_endpoints == (TelemetryEndpoint(CONSOLE, ""),)


def test_missing_packages_are_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    warned.clear()
    monkeypatch.setattr("importlib.util.find_spec", lambda _name, _package=None: None)
    runtime = Runtime({"TANGO_TELEMETRY_ENABLE": "on"}.get)
    with pytest.warns(PyTangoUserWarning, match=r"puretango\[telemetry\]"):
        assert not runtime.begins()
    assert runtime.warn(()) == ""
    warned.clear()


def test_a_changed_environment_is_seen() -> None:
    environment: dict[str, str] = {}
    runtime = Runtime(environment.get)
    assert not runtime.begins()
    environment["TANGO_TELEMETRY_ENABLE"] = "on"
    environment["TANGO_TELEMETRY_TYPES"] = "none"
    assert runtime.begins()
    assert not runtime.traces_calls
    environment["PYTANGO_DISABLE_TELEMETRY_PATCHING"] = "1"
    assert not runtime.begins()
