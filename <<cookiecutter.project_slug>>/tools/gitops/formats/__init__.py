"""How a report is printed. A module here is a format: put there, `--format` has it.

It has a function `show(report)`, which prints. A report's findings are in the order of their files.
"""
