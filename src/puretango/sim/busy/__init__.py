"""The simulated fly-scan controller, on Tango and on EPICS."""
