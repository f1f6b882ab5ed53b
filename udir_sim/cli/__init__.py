"""The ``udir-sim`` commands: the only room that prints.

================  ==================================================
``app``           puts the commands together
``checking``      check, diff, report-diff
``making``        generate, hash
``rules``         rules
``layouts``       layout
``asking``        query
``applications``  policies, audit, certificate
``serving``       serve
``controls``      held, loads, roll-back, fault, journal
``output``        exit codes, errors in one line, where output goes
``data``          opening a data directory
================  ==================================================
"""

from udir_sim.cli.app import main

__all__ = ["main"]
