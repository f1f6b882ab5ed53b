"""What an entry says beyond its summary, for people."""

from collections.abc import Mapping
from typing import Any

from sevis_sim.journal.bounded import escaped


def advice(detail: Mapping[str, Any]) -> list[str]:
    """Return violations, oddities, likely causes and remedies of an entry's detail, a line each, safe to print."""
    lines: list[str] = []
    for each in detail.get("violations", []):
        place = f"line {each['line']}: " if each.get("line") else ""
        how = f" → {each['remedy']}" if each.get("remedy") else ""
        lines.append(f"{place}{each['message']}{how}")
    lines += [f"note: {note}" for note in detail.get("notes", [])]
    lines += [f"perhaps: {cause}" for cause in detail.get("causes", [])]
    remedies = {"": detail.get("remedy"), **detail.get("remedies", {})}
    lines += [f"→ {client + ': ' if client else ''}{remedy}" for client, remedy in remedies.items() if remedy]
    return [escaped(line) for line in lines]
