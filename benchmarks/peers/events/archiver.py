"""An archiver with a file store, asked for its figures.

``python -m benchmarks.peers.events.archiver DIRECTORY``; asked ``{"add": [NAMES]}`` it answers when each has a value,
asked ``{"report": true}`` when everything is durable.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

import psutil

from puretango.archive import Archiver, ArchiveService, FileStore


def is_complete(archiver: Archiver) -> bool:
    """Every attribute has a value that is stored."""
    return all(entry.counters.stored.count for entry in archiver.entries.values())


def report(archiver: Archiver) -> dict[str, Any]:
    """What has come and gone."""
    counters = [entry.counters for entry in archiver.entries.values()]
    lost = archiver._recorder.overflow + archiver._hub.discarded
    return {
        "stored": archiver.totals.stored.count,
        "received": sum(counter.ok for counter in counters),
        "duplicates": sum(counter.duplicates for counter in counters),
        "missed": sum(counter.nok for counter in counters),
        "lost": lost + sum(counter.lost for counter in counters),
        "pending": archiver.pending + archiver._recorder.waiting,
        "slowest": archiver.totals.processed.high,
        "cpu": time.process_time(),
        "memory": psutil.Process(os.getpid()).memory_info().rss / 1e6,
    }


def main(directory: str) -> None:
    """Archive until the standard input ends."""
    with FileStore(directory) as store, ArchiveService(store) as service:
        print(json.dumps({"ready": True}), flush=True)
        for line in sys.stdin:
            asked = json.loads(line)
            begin = time.monotonic()
            if "add" in asked:
                service.add(asked["add"])
                while not service.look(is_complete):
                    time.sleep(0.05)
            else:
                while service.look(lambda a: a.pending + a._recorder.waiting):
                    time.sleep(0.05)
            answer = service.look(report)
            answer["seconds"] = time.monotonic() - begin
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
