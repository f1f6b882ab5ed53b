"""Makes UDIRSTUD files of invented people: right ones of any size, and ones that break one rule.

============  ==============================================================
``people``    names
``files``     right files, the same for the same seed
``mutate``    a right file with one rule broken
``pairs``     two files, of which the later breaks a rule that compares them
============  ==============================================================
"""

from udir_sim.generator.files import Plan, Rates, data_records, file_lines, header, trailer
from udir_sim.generator.mutate import Mutation, mutate
from udir_sim.generator.pairs import PAIR_RULES, Pair, mutate_pair

__all__ = [
    "PAIR_RULES",
    "Mutation",
    "Pair",
    "Plan",
    "Rates",
    "data_records",
    "file_lines",
    "header",
    "mutate",
    "mutate_pair",
    "trailer",
]
