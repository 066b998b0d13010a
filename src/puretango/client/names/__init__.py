"""Names of devices and attributes, TANGO_HOST and the files that hold it."""
