"""The ``sevis-sim`` commands: the only room that prints.

One module a family of commands; ``app`` puts them together, ``report`` holds what they share: one-line errors, exit
codes (0 good, 1 findings or unmet expectations, 2 usage, 3 environment) and JSON output.
"""

from sevis_sim.cli.app import main

__all__ = ["main"]
