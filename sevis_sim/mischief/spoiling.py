"""What faults do to a result: forms or log missing, zip corrupt, log that breaks its schema."""

import io
import re
import zipfile
from collections.abc import Sequence
from fnmatch import fnmatchcase

from sevis_sim.faults import Struck
from sevis_sim.mischief.vocabulary import ALL, HALF

_LOG = "sevis_transaction_log.xml"
_CORRECTED = re.compile(rb"(<PhysicalCorrectedAddress>)(.*?)(</PhysicalCorrectedAddress>)", re.DOTALL)
_TAG = re.compile(rb"\s*<[^>]*>\s*")
_ODD = b"<PhysicalCorrectedAddress>1 MAIN ST, WASHINGTON, DC 20522-0001</PhysicalCorrectedAddress>"

Form = tuple[str, bytes]


def spoiled_log(log: bytes, struck: Struck) -> bytes:
    """Return a log with what ``odd-log`` asks for: a corrected address as text where its parts belong.

    So the Department of State's client met it in 2016 (sevis-protocol.md §6.6).
    """
    if struck.get("odd-log") is None:
        return log
    flat, count = _CORRECTED.subn(lambda found: found[1] + _TAG.sub(b" ", found[2]).strip() + found[3], log, count=1)
    return flat if count else log.replace(b"</Record>", _ODD + b"</Record>", 1)


def kept_forms(forms: Sequence[Form], struck: Struck) -> list[Form]:
    """Return the forms that ``missing-pdf`` leaves; forms are named after the SEVIS ID somewhere in their file name."""
    left = list(forms)
    for fault in struck:
        if fault.kind == "missing-pdf":
            left = [form for number, form in enumerate(left) if not _missing(form[0], number, str(fault.value))]
    return left


def spoiled_zip(package: bytes, struck: Struck) -> bytes:
    """Return a zip with what faults ask for: without its log, without forms, damaged."""
    touched = {"missing-log", "missing-pdf", "odd-log"} & {fault.kind for fault in struck}
    if touched:
        package = _packed_again(package, struck)
    return _damaged(package) if struck.get("corrupt-zip") is not None else package


def _missing(name: str, number: int, whose: str) -> bool:
    if whose == HALF:
        return number % 2 == 0
    return whose == ALL or fnmatchcase(name.upper(), f"*{whose.upper()}*")


def _packed_again(package: bytes, struck: Struck) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w") as new:
        forms = [(info.filename, b"") for info in old.infolist() if info.filename != _LOG]
        kept = {name for name, _ in kept_forms(forms, struck)}
        for info in old.infolist():
            content = old.read(info)
            if info.filename == _LOG:
                if struck.get("missing-log") is not None:
                    continue
                content = spoiled_log(content, struck)
            elif info.filename not in kept:
                continue
            new.writestr(_like(info), content)
    return out.getvalue()


def _like(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """Return an entry for the new zip with name, date and compression of the old one: nothing of this machine."""
    fresh = zipfile.ZipInfo(info.filename, info.date_time)
    fresh.compress_type, fresh.external_attr, fresh.create_system = info.compress_type, info.external_attr, 3
    return fresh


def _damaged(package: bytes) -> bytes:
    """Turn over bytes in the middle, and cut the directory at the end short: no program can unpack it."""
    middle, end = len(package) // 2, max(len(package) - 30, 0)
    turned = bytes(byte ^ 0xFF for byte in package[middle : middle + 16])
    return package[:middle] + turned + package[middle + 16 : end]
