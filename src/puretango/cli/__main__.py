"""``python -m puretango.cli``: the command, if no console script is installed."""

from puretango.cli import main

main()
