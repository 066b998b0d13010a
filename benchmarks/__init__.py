"""puretango beside PyTango: ``python -m benchmarks``.

Every module here whose name does not start with an underscore is a benchmark: it has ``SUMMARY``,
one line, and ``run(settings)``, which yields rows. Both sides are measured in one run, in turns,
in processes of their own.
"""
