"""Whatever order employment events come in: nothing breaks down, the log stays valid, nothing overlaps."""

from datetime import date, timedelta
from itertools import combinations

from employment_samples import CPT, EMPLOYER, OFF_CAMPUS, OPT, OPT_DATES, OPT_KEY, RCL
from hypothesis import given, settings
from hypothesis import strategies as st
from rules_bench import SCHOOL, context, update
from student_story import Story, logged

from sevis_sim import events
from sevis_sim.events.student import practical_training
from sevis_sim.events.student.requests import DECISIONS, RequestError, decide, requests
from sevis_sim.events.student.segments import EMPLOYMENTS, segments

FIRST = date(2032, 12, 1)
DAYS = st.integers(0, 36).map(lambda months: (FIRST + timedelta(days=30 * months)).isoformat())
"""Few days, so that keys are met again and stretches touch."""
TIMES = st.sampled_from(("01", "02"))


def holding(sample, **strategies):
    """Draw an event element: the sample with some of its children drawn anew."""
    return st.fixed_dictionaries({}, optional=strategies).map(lambda drawn: sample | drawn)


def dated(sample, *names, **more):
    return holding(sample, **dict.fromkeys(names, DAYS), **more)


EMPLOYERS = st.lists(dated(EMPLOYER, "StartDate", "EndDate", FullPartTimeIndicator=TIMES), max_size=2)
ELEMENTS = {
    "AuthDropBelowFC/Add": dated(RCL, "StartDate", "EndDate", Reason=st.sampled_from(("01", "06", "07"))),
    "AuthDropBelowFC/Cancel": dated(RCL, "StartDate", "EndDate"),
    "AuthDropBelowFC/Edit": dated(RCL, "StartDate", "EndDate", "NewStartDate", "NewEndDate"),
    "CPTEmployment/Add": dated(CPT, "StartDate", "EndDate"),
    "CPTEmployment/Cancel": dated(CPT, "StartDate", "EndDate"),
    "OffCampusEmployment/Add": dated(OFF_CAMPUS, "StartDate", "EndDate"),
    "OffCampusEmployment/Cancel": dated(OFF_CAMPUS, "StartDate", "EndDate"),
    "OffCampusEmployment/Edit": dated(OFF_CAMPUS, "StartDate", "EndDate", "NewStartDate", "NewEndDate"),
    "OPTEmployment/Add": dated(OPT, "StartDate", "EndDate", CompletionType=TIMES, Employer=EMPLOYERS),
    "OPTEmployment/Cancel": holding(OPT_KEY, FullPartTimeIndicator=TIMES),
    "OPTEmployment/Edit": holding(OPT_KEY, NewFullPartTimeIndicator=TIMES, Remarks=st.just("")),
    "OPTEmployment/Extend": holding(OPT_KEY, Employer=EMPLOYERS),
    "OPTEmployment/ReportParticipation": st.just(OPT_KEY),
    "OPTEmployer/Add": holding({"@printForm": "false", "EmploymentIdentifier": OPT_DATES}, Employer=EMPLOYERS),
    "OPTEmployer/Edit": holding(
        {"@printForm": "false", "EmploymentIdentifier": OPT_DATES, "EmployerIdentifier": EMPLOYER},
        Employer=st.lists(dated({}, "StartDate", "EndDate"), min_size=1, max_size=1),
    ),
    "Request/CapGapExtension": st.sampled_from("CFT").map(lambda status: {"@printForm": "true", "Status": status}),
}
EVENTS = st.sampled_from(list(ELEMENTS)).flatmap(lambda event: st.tuples(st.just(event), ELEMENTS[event], DAYS))
WORDS = st.tuples(st.just("decide"), st.sampled_from(list(DECISIONS)), DAYS)


@settings(max_examples=60)
@given(st.lists(EVENTS | WORDS, max_size=25))
def test_any_sequence_of_events_is_borne(happenings):
    story = Story()
    story.tries("OPTEmployment/Add", OPT, "2033-03-01")
    for event, sends, on in happenings:
        if event == "decide":
            decided(story, sends, on)
            continue
        node = update(event, sends, story.sevis_id, "pdso000001")
        advice = events.broken_rules("UpdateStudent", node, context(story.world, SCHOOL, date.fromisoformat(on)))
        outcome = story.tries(event, sends, on)
        assert advice[:1] == ((outcome.finding,) if outcome.finding else ())
        entry = logged(outcome)
        assert entry["Result"]["@status"] == ("true" if outcome.succeeded else "false")
    nothing_overlaps(story.record.data)
    assert all(request.status for request in requests(story.record))


def decided(story, decision, on):
    for request in requests(story.record):
        try:
            decide(story.record, request.reference, decision, date.fromisoformat(on))
        except RequestError:
            assert request.status not in DECISIONS[decision]


def nothing_overlaps(data):
    """No two employments that count have a day in common, nor two reduced course loads; extensions have no rule."""
    for kinds in (EMPLOYMENTS, ("AuthDropBelowFC",)):
        counting = [one for one in segments(data, *kinds) if one.open and not practical_training.is_extension(one)]
        assert not [pair for pair in combinations(counting, 2) if pair[0].overlaps(pair[1])]
