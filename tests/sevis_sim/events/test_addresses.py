import pytest
from hypothesis import given
from hypothesis import strategies as st

from sevis_sim.codes import table
from sevis_sim.domain.records import Record, Site
from sevis_sim.events.addresses import EMPLOYER, EXCHANGE_VISITOR, FIELDS, STUDENT, judge, stored

GOOD = {"Address1": "2200 C Street  NW", "Address2": "", "City": "Washington", "State": "DC", "PostalCode": "20522"}


def code(**changes):
    return judge(GOOD | changes, STUDENT).code


def test_a_good_address_is_standardised():
    outcome = judge(GOOD, STUDENT)
    assert outcome.provided == GOOD
    assert outcome.corrected == {
        "Address1": "2200 C STREET NW",
        "Address2": "",
        "City": "WASHINGTON",
        "State": "DC",
        "PostalCode": "20522-0001",
    }
    assert (outcome.code, outcome.message) == ("S0000", "")


def test_a_second_line_is_there_only_if_it_was_sent():
    without = {name: text for name, text in GOOD.items() if name != "Address2"}
    assert "Address2" not in judge(without, STUDENT).provided
    assert "Address2" not in judge(without, STUDENT).corrected


def test_city_and_state_may_be_left_out():
    outcome = judge({"Address1": "1 Main Street", "PostalCode": "62701"}, STUDENT)
    assert (outcome.code, list(outcome.corrected)) == ("S0000", ["Address1", "PostalCode"])


@pytest.mark.parametrize(
    ("state", "zip5", "good"),
    [("IL", "62701", True), ("IL", "46201", False), ("NY", "06390", True), ("CT", "06101", True), ("TX", "73301", True),
     ("OK", "73301", False), ("AS", "96799", True), ("HI", "96799", True), ("GU", "96910", True),
     ("HI", "96910", False),
     ("VI", "00801", True), ("PR", "00801", False), ("", "09012", True), ("", "00012", False)],
)  # fmt: skip
def test_state_and_zip_code_must_agree(state, zip5, good):
    assert (code(State=state, PostalCode=zip5) == "S0000") is good


def test_every_state_of_the_schema_has_a_zip_code_somewhere():
    for state in table("state").codes(schema_only=True):
        accepted = [n for n in range(1000) if code(State=state, PostalCode=f"{n:03d}01") == "S0000"]
        assert accepted, state


@pytest.mark.parametrize(
    ("street", "confirmed"),
    [("12 Main Street", True), ("One Main Street", True), ("P.O. Box Seven", True), ("PO BOX A", True),
     ("General Delivery", True), ("Rural Route B", True), ("Main Hall", False), ("Stone Hall", False),
     ("Boxwood House", False)],
)  # fmt: skip
def test_a_street_without_any_number_is_not_confirmed(street, confirmed):
    assert code(Address1=street) == ("S0000" if confirmed else "S1146")


def test_a_number_on_the_second_line_confirms_too():
    assert code(Address1="Main Hall", Address2="Room 12") == "S0000"


def test_an_explanation_code_overrides_the_doubt():
    outcome = judge(GOOD | {"Address1": "Main Hall", "ExplanationCode": "OB"}, STUDENT)
    assert (outcome.code, outcome.message) == ("S0000", "Override with valid CSZ")


def test_an_empty_explanation_code_overrides_nothing():
    assert code(Address1="Main Hall", ExplanationCode="") == "S1146"


def test_other_needs_an_explanation():
    assert code(ExplanationCode="OO") == "S1147"
    assert code(ExplanationCode="OO", Explanation="New building") == "S0000"


def test_the_place_comes_before_the_explanation_and_the_street():
    assert code(Address1="Main Hall", State="CA", ExplanationCode="OO") == "S1145"


def test_each_population_has_codes_of_its_own():
    assert judge(GOOD | {"State": "CA"}, EXCHANGE_VISITOR).code == "S2247"


def test_a_suggested_override_says_so():
    assert judge(GOOD | {"Address1": "Main Hall"}, STUDENT).message == "Override Suggested"
    assert judge(GOOD | {"State": "CA"}, STUDENT).message == "Not Validated"


def test_a_site_is_judged_by_its_address_alone():
    assert set(judge(GOOD | {"SiteName": "Lab", "@type": "SOA"}, STUDENT).provided) == set(GOOD)


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=12)))
def test_any_text_gets_an_answer_and_always_the_same(address):
    outcome = judge({"PostalCode": "62701"} | address, STUDENT)
    assert outcome == judge({"PostalCode": "62701"} | address, STUDENT)
    assert (outcome.corrected is None) == (outcome.code != "S0000")


def test_the_addresses_that_a_student_record_holds_are_told_with_what_the_engine_makes_of_them():
    overridden = {"Address1": "Memorial Hall", "PostalCode": "62701", "ExplanationCode": "OB"}
    training = [{"Employer": [{"EmployerName": "None yet"}, {"EmployerAddress": GOOD | {"State": "TX"}}]}, "2026"]
    data = {"USAddress": GOOD, "MailingAddress": overridden, "OPTEmployment": training}
    found = dict(stored(Record("N9900000001", "ABC214F00012000", "student", "ACTIVE", data)))
    assert found == {
        "USAddress": judge(GOOD, STUDENT),
        "MailingAddress": judge(overridden, STUDENT),
        "OPTEmployment[1]/Employer[2]/EmployerAddress": judge(GOOD | {"State": "TX"}, EMPLOYER),
    }
    assert found["OPTEmployment[1]/Employer[2]/EmployerAddress"].code == "S1154"


def test_sites_without_an_address_are_none_of_an_exchange_visitor():
    sites = [Site("1", {"@type": "EXEMPT"}), Site("2", {"SiteName": "Lab", **GOOD})]
    record = Record("N9900000001", "P-1-12345", "exchangeVisitor", "ACTIVE", {"MailAddress": GOOD}, sites=sites)
    judged = judge(GOOD, EXCHANGE_VISITOR)
    assert dict(stored(record)) == {"MailAddress": judged, "SiteOfActivity[2]": judged}
