"""A device whose spans go to a file; run by PyTango, or by puretango in its place: only ``tango`` is imported."""

from __future__ import annotations

import json
import os
from typing import Any

import tango
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from tango import telemetry
from tango.server import Device, command


class FileExporter(SpanExporter):
    """A line of JSON for each span."""

    def export(self, spans: Any) -> SpanExportResult:
        with open(os.environ["SPANS"], "a", encoding="utf-8") as file:
            for span in spans:
                parent = span.parent.span_id if span.parent else 0
                context = span.context
                line = {
                    "name": span.name,
                    "kind": span.kind.name,
                    "service": span.resource.attributes["service.name"],
                    "trace": context.trace_id,
                    "span": context.span_id,
                    "parent": parent,
                    "attributes": dict(span.attributes),
                }
                file.write(json.dumps(line) + "\n")
        return SpanExportResult.SUCCESS


def provider(name: str, instance: Any = None, extra: Any = None, endpoints: Any = None) -> Any:
    made = TracerProvider(resource=Resource.create({"service.name": name}))
    made.add_span_processor(SimpleSpanProcessor(FileExporter()))
    return made


telemetry.set_telemetry_tracer_provider_factory(provider)


class Traced(Device):
    """Asks the next device of a chain."""

    @command(dtype_in=[str], dtype_out=str)
    def Ask(self, chain: list[str]) -> str:
        if not chain:
            self.warn_stream("the chain ends here")
            return self.get_name()
        return tango.DeviceProxy(chain[0]).command_inout("Ask", list(chain[1:]))


if __name__ == "__main__":
    Traced.run_server()
