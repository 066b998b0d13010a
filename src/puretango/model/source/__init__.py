"""A class model from Python sources, which are parsed and never run."""
