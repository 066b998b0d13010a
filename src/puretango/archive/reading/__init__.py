"""Reading an archive: numpy, pandas, pyhdbpp's interface, files to export, HTTP, plots."""

from puretango.archive.reading._archive import ArchiveReader
from puretango.archive.reading._export import export, write_csv
from puretango.archive.reading._http import archive_data
from puretango.archive.reading._marks import Mark, RunMarks, page_of_run, period_of_run
from puretango.archive.reading._open import open_reading, open_store
from puretango.archive.reading._plot import drawn, plot_png
from puretango.archive.reading._pyhdbpp import Reader
from puretango.archive.reading._times import Time, nanoseconds

__all__ = [
    "ArchiveReader",
    "Mark",
    "Reader",
    "RunMarks",
    "Time",
    "archive_data",
    "drawn",
    "export",
    "nanoseconds",
    "open_reading",
    "open_store",
    "page_of_run",
    "period_of_run",
    "plot_png",
    "write_csv",
]
