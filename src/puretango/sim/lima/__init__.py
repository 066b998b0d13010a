"""A camera under the control of Lima, on Tango."""
