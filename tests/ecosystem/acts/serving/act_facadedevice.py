"""facadedevice: a facade on two attributes, a combination, a proxy command, and its events."""

import sys

from bench import author, define, serving, until

if len(sys.argv) == 1:
    define("plant/one", "Plant", "lab/plant/1")
    facade = define("Facade/one", "Facade", "lab/facade/1")
    facade.put_device_property(
        "lab/facade/1",
        {"position_attribute": ["lab/plant/1/position"]},
    )
    with serving("lab/plant/1", author("plant", "one")) as plant:
        with serving("lab/facade/1", author("act_facadedevice", "one")) as proxy:
            until(lambda: proxy.position == 2.0, "the facade has the value")
            print(proxy.state(), proxy.position, proxy.total)
            plant.position = 5.0
            until(lambda: proxy.position == 5.0, "the facade follows by event")
            until(lambda: proxy.total == 6.0, "the sum follows")
            proxy.position = 7.0
            until(lambda: plant.position == 7.0, "the facade writes")
            until(lambda: proxy.total == 8.0, "the sum follows again")
            print(proxy.state(), proxy.position, proxy.total, sorted(proxy.get_attribute_list()))
else:
    from facadedevice import Facade as Base
    from facadedevice import logical_attribute, proxy_attribute
    from tango import AttrWriteType

    class Facade(Base):
        position = proxy_attribute(
            dtype=float,
            property_name="position_attribute",
            access=AttrWriteType.READ_WRITE,
            standard_unit=1.0,
        )

        @logical_attribute(dtype=float, bind=["position"])
        def total(self, position):
            return position + 1.0

    Facade.run_server()
