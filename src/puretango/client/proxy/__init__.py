"""DeviceProxy, AttributeProxy, ApiUtil."""
