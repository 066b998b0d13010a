"""DeviceImpl, Device, DeviceClass: PyTango's names over the parts."""
