"""The rules of the file: what must hold, how bad it is if it does not, and how to mend it.

===================  ===================================================================
``catalogue/*.toml``  the rules: severities, condition, remedy, source, examples
``words.toml``        small tables that rules look up
``model``             what a rule, a severity and a verdict are
``catalogue``         reads the rules
``profile``           thresholds and severities of a campus
``examples``          the base file, and edits that break one rule each
===================  ===================================================================

The functions that find records which break a rule are in `udir_sim.rules.checks`, one small function a rule.
"""

from udir_sim.rules.catalogue import FAMILIES, RULE_SET, Words, catalogue, find_rule, words
from udir_sim.rules.model import Example, Mode, Rule, Severity, Variant, Verdict
from udir_sim.rules.profile import Profile, load_profile

__all__ = [
    "FAMILIES",
    "RULE_SET",
    "Example",
    "Mode",
    "Profile",
    "Rule",
    "Severity",
    "Variant",
    "Verdict",
    "Words",
    "catalogue",
    "find_rule",
    "load_profile",
    "words",
]
