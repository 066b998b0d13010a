"""The parts of a device, behind the one private name that it has of ours."""
