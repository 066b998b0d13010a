"""An archiver's store, written to until it is killed: counts up, and tells what is durable.

``python writer.py ADDRESS``: prints ``durable N`` when the numbers below N are.
"""

from __future__ import annotations

import sys
import time

from puretango.archive import ArchiveError, FileStore, Kind, Row, open_store

NAME = "tango://db:10000/a/b/c/count"
BATCH = 50


def now() -> int:
    """ns since 1970, in whole µs."""
    return int(time.time() * 1e6) * 1000


def main(address: str) -> None:
    """Write for ever."""
    if address.startswith("file:"):
        # Small segments: it is killed while it seals, too.
        store = FileStore(address.removeprefix("file:"), segment_rows=BATCH * 4)
    else:
        store = open_store(address)  # type: ignore[assignment]  # one of two kinds of stores
    store.resume([NAME], now())
    (generation,) = store.generations([(NAME, Kind("DevDouble"), now())])
    last = store.last_rows().get(NAME)
    count = 0 if last is None else int(last.value) + 1  # type: ignore[arg-type]  # this archive holds numbers only
    at = 0 if last is None else last.time
    while True:
        rows = []
        for value in range(count, count + BATCH):
            at = max(at + 1000, now())
            rows.append(Row(generation.id, at, at, 0, float(value), None))
        written = False
        while not written:
            try:
                store.write(rows)
                written = True
            except ArchiveError as error:
                print("trouble", error, flush=True)
                time.sleep(0.1)
        count += BATCH
        print("durable", count, flush=True)
        if count % (BATCH * 40) == 0 and isinstance(store, FileStore):
            store.tidy(time.time() + 90_000)


if __name__ == "__main__":
    main(sys.argv[1])
