"""nxswriter: a NeXus file written by its device server, step by step, with a value of a Tango device."""

import json
import os

import h5py
from bench import author, define, script, serving

XML = """<definition><group type="NXentry" name="entry"><group type="NXdata" name="data">
<field units="mm" type="NX_FLOAT" name="position"><strategy mode="STEP"/>
<datasource type="TANGO"><device member="attribute" hostname="HOST" port="PORT" name="lab/plant/1"/>
<record name="position"/></datasource></field>
<field units="m" type="NX_FLOAT" name="client"><strategy mode="STEP"/>
<datasource type="CLIENT"><record name="exp"/></datasource></field>
</group></group></definition>"""
host, port = os.environ["TANGO_HOST"].split(":")
define("plant/one", "Plant", "lab/plant/1")
define("NXSDataWriter/one", "NXSDataWriter", "lab/writer/1")
with serving("lab/plant/1", author("plant", "one")) as plant:
    with serving("lab/writer/1", [script("NXSDataWriter"), "one"]) as writer:
        writer.FileName = os.path.abspath("scan.h5")
        writer.OpenFile()
        writer.XMLSettings = XML.replace("HOST", host).replace("PORT", port)
        writer.OpenEntry()
        for step in range(3):
            plant.position = 1.0 + step
            writer.Record(json.dumps({"data": {"exp": 0.5 * step}}))
        writer.CloseEntry()
        writer.CloseFile()
        print(writer.state())
with h5py.File("scan.h5") as file:
    for name in ("position", "client"):
        print(
            name, list(file[f"entry/data/{name}"][...]), file[f"entry/data/{name}"].attrs["units"]
        )
