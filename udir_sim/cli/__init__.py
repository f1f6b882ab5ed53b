"""The ``udir-sim`` commands: the only room that prints.

=============  ==================================================
``app``        puts the commands together
``checking``   check, diff, report-diff
``making``     generate, hash
``rules``      rules
``output``     exit codes, errors in one line, where output goes
=============  ==================================================
"""

from udir_sim.cli.app import main

__all__ = ["main"]
