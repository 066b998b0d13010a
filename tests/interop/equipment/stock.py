"""Programs around ophyd's own areaDetector classes, without anything of puretango."""

from __future__ import annotations

#: What a Pilatus support class needs to be checked: every PV it can name.
PVS = """
    from ophyd import Device, DynamicDeviceComponent, EpicsSignal, EpicsSignalRO
    from ophyd.areadetector.base import EpicsSignalWithRBV
    from ophyd.areadetector.paths import EpicsPathSignal

    def walk(cls, prefix):
        for name, component in cls._sig_attrs.items():
            if isinstance(component, DynamicDeviceComponent):
                yield from leaves(prefix, component.cls._sig_attrs.values())
            elif issubclass(component.cls, Device):
                yield from walk(component.cls, prefix + component.suffix)
            else:
                yield from leaves(prefix, [component])

    def leaves(prefix, components):
        for component in components:
            if issubclass(component.cls, (EpicsSignalWithRBV, EpicsPathSignal)):
                yield from (prefix + component.suffix, prefix + component.suffix + "_RBV")
            elif issubclass(component.cls, (EpicsSignal, EpicsSignalRO)):
                yield prefix + component.suffix
"""

PREPARE = """
    import event_model, h5py, hdf5plugin
    from event_model import DocumentNames, schema_validators
    from bluesky import RunEngine
    from bluesky.plans import count

    namespace = {"__name__": "listing"}
    exec(compile(listing, "listing", "exec"), namespace)
    det = namespace["det"]
    documents = []
    def check(name, document):
        schema_validators[DocumentNames[name]].validate(document)
        documents.append((name, document))
"""
