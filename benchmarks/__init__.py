"""puretango beside PyTango: ``python -m benchmarks``.

A benchmark is a module of the rooms ``requests``, ``events``, ``archives`` and ``programs``: it has ``SUMMARY``,
one line, and ``run(settings)``, which yields rows. Both sides are measured in one run, in turns, in processes of
their own, the modules of ``peers``; ``harness`` starts them, judges the rows and shows them.
"""
