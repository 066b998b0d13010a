"""``python -m puretango``: the command, if the console script is not on the path."""

from puretango.cli import main

main()
