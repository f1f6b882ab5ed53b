"""The one settings model: file < environment < flag.

=================  ====================================================================
``model``          every setting with its default, and the switches for open questions
``load``           merges config file, ``SEVIS_SIM_*`` variables and flags
``environment``    which variables belong to settings, which to client programs
=================  ====================================================================

A config file is ``sevis-sim.yaml`` of the current folder, or the one that ``--config`` or ``SEVIS_SIM_CONFIG`` names.
A variable is ``SEVIS_SIM_`` and the setting's name in capitals: ``SEVIS_SIM_PORT``,
``SEVIS_SIM_SWITCHES_CLOSED_ANSWER``, ``SEVIS_SIM_PROFILES_PRODUCTION_CUTOFF``.
"""

from sevis_sim.settings.environment import CLIENT_VARIABLES
from sevis_sim.settings.load import Loaded, SettingsError, load_settings
from sevis_sim.settings.model import Fidelity, Settings, Switches

__all__ = ["CLIENT_VARIABLES", "Fidelity", "Loaded", "Settings", "SettingsError", "Switches", "load_settings"]
