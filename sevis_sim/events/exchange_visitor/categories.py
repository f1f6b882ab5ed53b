"""Exchange visitor categories (code table ``ev-category``) by what rules ask of them."""

SECONDARY_STUDENT = "1A"
STUDENT_INTERN = "1G"
CAMP_COUNSELOR = "11"
SUMMER_WORK_TRAVEL = "12"
AU_PAIR = "13"
INTERN = "15"

TRAINEES = frozenset({"2A", "2B", "14"})
WITH_PLAN = TRAINEES | {STUDENT_INTERN, INTERN}
"""Categories that have a training or internship placement plan (T/IPP, form DS-7002)."""
PLAN_DEMANDED = TRAINEES | {STUDENT_INTERN}
"""Categories that cannot be created without one (error-codes.csv S2260)."""
