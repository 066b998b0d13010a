"""Typed access to a device class: proxies, and devices for bluesky plans."""

from puretango.authoring.stubs._ophyd import ophyd_async_source, ophyd_source
from puretango.authoring.stubs._proxy import proxy_source

__all__ = ["ophyd_async_source", "ophyd_source", "proxy_source"]
