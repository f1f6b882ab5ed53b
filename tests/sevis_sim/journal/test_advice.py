"""What the journal says beyond the summary of an entry."""

from sevis_sim.journal.advice import advice


def test_each_violation_comes_with_its_place_and_the_way_to_mend_it():
    violations = [
        {"line": 17, "path": "/a/b", "message": "Gender is 'm'", "remedy": "Write M (MALE), if that is meant."},
        {"line": 18, "path": "/a/c", "message": "State is 'XX'", "remedy": ""},
        {"line": None, "path": "", "message": "written before there were remedies"},
    ]
    assert advice({"violations": violations, "remedy": "Mend the document."}) == [
        "line 17: Gender is 'm' → Write M (MALE), if that is meant.",
        "line 18: State is 'XX'",
        "written before there were remedies",
        "→ Mend the document.",
    ]
