"""``python -m puretango.cli``: the command where no console script is installed."""

from puretango.cli import main

main()
