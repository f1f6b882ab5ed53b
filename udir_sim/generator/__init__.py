"""Makes UDIRSTUD files of invented people: right ones of any size, and ones that break one rule.

============  ==============================================================
``people``    names
``files``     right files, the same for the same seed
``mutate``    a right file with one rule broken
============  ==============================================================
"""

from udir_sim.generator.files import Plan, Rates, data_records, file_lines, header, trailer
from udir_sim.generator.mutate import Mutation, mutate

__all__ = ["Mutation", "Plan", "Rates", "data_records", "file_lines", "header", "mutate", "trailer"]
