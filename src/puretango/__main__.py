"""``python -m puretango``: the command where no console script is on the path."""

from puretango.cli import main

main()
