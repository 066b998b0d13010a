"""Messages of a device as OpenTelemetry's log records."""

from __future__ import annotations

from typing import Any

from puretango.server.logs._target import LEVEL_NAMES, Message, Target

_SEVERITIES = {"FATAL": 21, "ERROR": 17, "WARN": 13, "INFO": 9, "DEBUG": 5}
"""OpenTelemetry's severity numbers (logs data model, SeverityNumber)."""


class TelemetryTarget(Target):
    """Sends a device's messages where its telemetry goes, as part of the running trace."""

    def __init__(self, provider: Any) -> None:
        super().__init__("telemetry")
        self._provider = provider
        self._logger = provider.get_logger("tango.python.server")

    def write(self, message: Message) -> None:
        """Send one message."""
        from opentelemetry import context
        from opentelemetry._logs import LogRecord, SeverityNumber

        level = LEVEL_NAMES[message.level]
        self._logger.emit(
            LogRecord(
                timestamp=int(message.when * 1e9),
                context=context.get_current(),
                severity_number=SeverityNumber(_SEVERITIES.get(level, 9)),
                severity_text=level,
                body=message.text,
                attributes={
                    "code.filepath": message.file,
                    "code.lineno": message.line,
                    "tango.device": message.device,
                },
            )
        )

    def close(self) -> None:
        """Send what is queued, and stop."""
        self._provider.shutdown()
