"""``python -m puretango.compat PROGRAM …``."""

import sys

from puretango.compat import reach_children, run_program

reach_children()
run_program(sys.argv[1:])
