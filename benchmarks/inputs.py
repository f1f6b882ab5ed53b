"""Batches of any size, made from the shipped sample."""

import copy
from datetime import date, timedelta

from lxml import etree

from sevis_sim.resources import folder

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def students(count: int, batch_id: str = "BENCH000000001", print_form: bool = True) -> bytes:
    """Return a valid batch of ``count`` different F-1 students without dependents."""
    root = etree.fromstring((folder("scenarios") / "files" / "students.xml").read_bytes())
    root.find("BatchHeader/BatchID").text = batch_id
    section = root.find("CreateStudent")
    model = next(student for student in section if student.find("CreateDependent") is None)
    for student in list(section):
        section.remove(student)
    for number in range(count):
        student = copy.deepcopy(model)
        student.set("requestID", f"r{number}")
        student.set("printForm", "true" if print_form else "false")
        letters = "".join(_LETTERS[(number // 26**place) % 26] for place in range(3))
        student.find("PersonalInfo/FullName/LastName").text = f"BENCH {letters}"
        student.find("PersonalInfo/BirthDate").text = str(date(2003, 1, 1) + timedelta(days=number))
        section.append(student)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
