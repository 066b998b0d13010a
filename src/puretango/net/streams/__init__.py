"""Streams of octets: what both sides do with a TCP socket."""
