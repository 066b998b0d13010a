"""`python -m puretango.testing module.Class`."""

from puretango.testing import run_device_test_context

run_device_test_context()
