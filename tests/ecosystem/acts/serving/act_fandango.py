"""fandango: a server of dynamic attributes (formulas over another device), and the library's searches."""

import fandango
from bench import author, define, script, serving, until

define("plant/one", "Plant", "lab/plant/1")
database = define("WorkerDS/one", "WorkerDS", "lab/dynamic/1")
database.put_device_property(
    "lab/dynamic/1",
    {
        "DynamicAttributes": [
            "Sum=DevDouble(ATTR('lab/plant/1/position')+1)",
            "Text=DevString('a'+'b')",
        ]
    },
)
with serving("lab/plant/1", author("plant", "one")) as plant:
    with serving("lab/dynamic/1", [script("WorkerDS"), "one"]) as proxy:
        until(lambda: proxy.read_attribute("Sum").value == 3.0, "the formula is computed")
        plant.position = 9.0
        until(lambda: proxy.read_attribute("Sum").value == 10.0, "the formula follows")
        print(proxy.read_attribute("Text").value, sorted(proxy.get_attribute_list()))
    print(sorted(fandango.tango.get_matching_devices("lab/*")))
    print(sorted(fandango.find_attributes("lab/plant/1/*")))
    print(fandango.read_attribute("lab/plant/1/position"))
    print(fandango.check_device("lab/plant/1"), fandango.check_device("lab/dynamic/1") or "down")
