"""The folder that a simulator works in, and what it tells client programs there. No SEVIS in it.

==================  ===============================================================
``data_directory``  the folder that outlives a run, held by one process at a time
``variables``       files to source: addresses, certificates, passwords
==================  ===============================================================
"""

from sevis_sim.workspace.data_directory import DataDirectory, DataDirectoryError
from sevis_sim.workspace.variables import VariablesError, write_variables

__all__ = ["DataDirectory", "DataDirectoryError", "VariablesError", "write_variables"]
