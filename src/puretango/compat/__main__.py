"""``python -m puretango.compat PROGRAM …``."""

import sys

from puretango.compat import install, run_program

install()
run_program(sys.argv[1:])
