"""Batches and requests that lead to the dispositions of a transfer: S0000 to S0031."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from sevis_sim.codes import catalogue
from sevis_sim.domain.document import Node
from sevis_sim.events.cases import bases, changed
from sevis_sim.events.cases.stage import ORGANIZATIONS, TODAY
from sevis_sim.generation import states
from sevis_sim.generation.documents import batch
from sevis_sim.generation.for_code import BATCH_ID, Made, NoBatchError, clock_on

_SCHOOL = ORGANIZATIONS["school"]
_UNKNOWN_SCHOOL = "XYZ214F00099000"
_UNKNOWN_USER = "nobody0001"
_GOOD = "STU-001"
_BROKEN = "STU-002"


def for_disposition(code: str, *, near: bool = False) -> Made:
    """Return a batch that leads to a disposition, with what to do with it; the near miss is the good batch.

    Raises:
        KeyError: it is no disposition.
        NoBatchError: no file brings it about; the message says which request does.

    """
    if code in _REQUESTS:
        raise NoBatchError(f"{code} is an answer to a request, whatever the file: {_REQUESTS[code]}")
    make = _BATCHES[code]
    good = _made(code, _document())
    if near:
        return replace(good, file_name=f"{code}-near.xml")
    return make(good)


def _document(org_id: str = _SCHOOL.id, user_id: str = _SCHOOL.officials[0].id, *more: Node) -> bytes:
    records = [("CreateStudent", node) for node in (bases()[_GOOD], *more)]
    return batch("student", org_id, BATCH_ID, user_id, records)  # type: ignore[arg-type]


def _made(code: str, document: bytes) -> Made:
    message = catalogue.entry(code).messages[0]
    state = states.scenario(code.lower(), f"An upload or download ends in {code}", clock_on(TODAY), [_SCHOOL], ())
    return Made(code, f"{code}.xml", document, state, TODAY, f"{code} {message}")


def _as_it_is(good: Made) -> Made:
    return good


def _unknown_organization(good: Made) -> Made:
    return replace(good, document=_document(_UNKNOWN_SCHOOL))


def _unknown_user(good: Made) -> Made:
    return replace(good, document=_document(_SCHOOL.id, _UNKNOWN_USER))


def _twice(good: Made) -> Made:
    return replace(good, predicted=False, notes=("upload it twice: the second upload gets the code",))


def _long_name(good: Made) -> Made:
    return replace(good, file_name="S0011-a-file-name-of-more-than-30-characters.xml")


def _cut_short(good: Made) -> Made:
    closing = good.document.rstrip().rindex(b"<")
    return replace(good, document=good.document[:closing])


def _misspelled(good: Made) -> Made:
    return replace(good, document=good.document.replace(b"PrgEndDate>", b"ProgramEndDate>"))


def _one_bad_record(good: Made) -> Made:
    bad = changed(bases()[_BROKEN], {"EducationalInfo/PrgEndDate": "2029-08-20"})
    note = "the code is the batch's, in the element Process of the log; the second record has S1009"
    return replace(good, document=_document(_SCHOOL.id, _SCHOOL.officials[0].id, bad), predicted=False, notes=(note,))


def _too_early(good: Made) -> Made:
    return replace(good, predicted=False, notes=("upload it, and download it before the night has come",))


_BATCHES: Mapping[str, Callable[[Made], Made]] = {
    "S0000": _as_it_is,
    "S0002": _unknown_organization,
    "S0003": _unknown_user,
    "S0010": _twice,
    "S0011": _long_name,
    "S0012": _cut_short,
    "S0013": _misspelled,
    "S0020": _one_bad_record,
    "S0030": _too_early,
}
_REQUESTS: Mapping[str, str] = {
    "S0001": "send the form without its part batchid, such as curl -F orgid=… -F userid=… -F xml=@batch.xml",
    "S0031": "download a batch ID that was never uploaded, such as sevis-sim download BATCH000000404",
}
