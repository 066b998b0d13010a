"""PyTangoArchiving's configuration of HDB++, as it is installed, on an HdbConfigurationManager.

``python configure.py MANAGER ARCHIVER ATTRIBUTE``, by an interpreter that has it: adds the attribute, looks for it,
starts it; prints what it is told as JSON, in the last line. Its class wants a MySQL database as well, for what is
stored; the devices alone are used here.
"""

from __future__ import annotations

import contextlib
import json
import sys
import warnings
from typing import Any

warnings.simplefilter("ignore")

import pymysql  # noqa: E402

pymysql.version_info = (2, 2, 1, "final", 0)
pymysql.install_as_MySQLdb()

import fandango  # noqa: E402
from PyTangoArchiving.hdbpp.config import HDBppDB  # noqa: E402


def without_mysql(manager: str) -> Any:
    """Its API with a manager, and without its database."""
    api = object.__new__(HDBppDB)
    fandango.Logger.__init__(api, "api")
    api.tango, api.manager = fandango.get_database(), manager
    api.db_name = api.schema = "hdb"
    api.archivers, api.attributes, api.dedicated = [], {}, {}
    api.status = fandango.defaultdict(list)
    api.host = api.user = api.passwd = api.port = ""
    return api


def main(manager: str, archiver: str, attribute: str) -> dict[str, Any]:
    """Configure, tell."""
    api = without_mysql(manager)
    told: dict[str, Any] = {}
    told["added to"] = api.add_attribute(
        attribute, archiver=archiver, code_event=True, context="RUN", ttl=24
    )
    told["attributes"] = list(api.get_archiver_attributes(archiver))
    told["started"] = bool(api.start_archiving(attribute, archiver, code_event=True))
    return told


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        result = main(*sys.argv[1:4])
    print(json.dumps(result, default=str))
