"""PyTango's hooks of ORB threads."""

from __future__ import annotations


class Interceptors:
    """PyTango's hooks of ORB threads; there is no ORB, so they are never called."""

    def create_thread(self) -> None:
        """A thread of the ORB begins."""

    def delete_thread(self) -> None:
        """A thread of the ORB ends."""
