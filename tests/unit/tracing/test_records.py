"""A device's messages as OpenTelemetry's log records, and its spans, without any exporter's network."""

from __future__ import annotations

from typing import Any

import pytest

from puretango.server import Device, attribute, command
from puretango.testing import DeviceTestContext

pytest.importorskip("opentelemetry.sdk.trace", reason="pip install puretango[telemetry]")


class Talker(Device):
    """Says what it does."""

    @command
    def Talk(self) -> None:
        self.error_stream("too %s: %d °C", "hot", 90)

    @command
    def Fail(self) -> None:
        raise ValueError("no")

    @attribute(dtype=float)
    def heat(self) -> float:
        return 90.0


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What a provider of log records is given."""
    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor

    from puretango.tracing import runtime

    found: list[Any] = []

    class Exporter:
        def export(self, batch: Any) -> None:
            found.extend(batch)

        def shutdown(self) -> None: ...

    def provider(name: str, instance: str, endpoints: Any) -> Any:
        made = LoggerProvider()
        made.add_log_record_processor(SimpleLogRecordProcessor(Exporter()))  # type: ignore[arg-type]  # an exporter by its methods
        return made

    monkeypatch.setattr(runtime().providers, "logger_provider", provider)
    return found


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The finished spans of devices."""
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from puretango.tracing import runtime

    exporter = InMemorySpanExporter()

    def factory(name: str, instance: Any = None, extra: Any = None, endpoints: Any = None) -> Any:
        made = TracerProvider()
        made.add_span_processor(SimpleSpanProcessor(exporter))
        return made

    monkeypatch.setattr(runtime(), "factory", factory)
    return exporter


def test_messages_become_records_while_switched_on(records: list[Any], spans: Any) -> None:
    with DeviceTestContext(Talker) as proxy:
        proxy.command_inout("Talk")
        assert records == []
        proxy.start_telemetry()
        proxy.command_inout("Talk")
        proxy.set_telemetry_logging(False)
        proxy.command_inout("Talk")
    (record,) = [one.log_record for one in records]
    assert record.body == "too hot: 90 °C"
    assert record.severity_text == "ERROR"
    assert record.attributes["tango.device"] == "test/nodb/talker"
    (first, *_rest) = [one for one in spans.get_finished_spans() if one.name == "Talker.Talk"]
    assert record.trace_id == first.context.trace_id


def test_planned_requests_are_traced_as_soon_as_it_is_switched_on(spans: Any) -> None:
    with DeviceTestContext(Talker) as proxy:
        for _ in range(3):  # by then there is a plan
            proxy.read_attribute("heat")
        assert not spans.get_finished_spans()
        proxy.start_telemetry()
        for _ in range(3):
            proxy.read_attribute("heat")
        assert [one.name for one in spans.get_finished_spans()] == ["Talker.heat"] * 3
        proxy.stop_telemetry()
        proxy.read_attribute("heat")
    assert len(spans.get_finished_spans()) == 3


def test_a_failure_is_in_its_span(spans: Any) -> None:
    with DeviceTestContext(Talker, properties={"telemetry_enable": "true"}) as proxy:
        with pytest.raises(Exception, match="no"):
            proxy.command_inout("Fail")
    (span,) = [one for one in spans.get_finished_spans() if one.name == "Talker.Fail"]
    assert not span.status.is_ok
    assert span.events[0].attributes["exception.message"] == "no"
