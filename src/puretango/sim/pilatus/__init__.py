"""The simulated Pilatus, on Tango and on EPICS."""
