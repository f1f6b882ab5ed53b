"""An example of each request of the control API, for its OpenAPI document and docs/control-api.md."""

import json
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from sevis_sim.control.routes import Route

BASE = "http://127.0.0.1:8444/api/v1"

BODIES: Mapping[str, Any] = MappingProxyType(
    {
        "set_clock": {"to": "2026-03-06T21:50-05:00"},
        "advance_clock": {"to": "next-business-day 06:00"},
        "add_records": {"records": [{"sevisID": "N9904705123", "org": "ABC214F00012000", "status": "ACTIVE"}]},
        "tell_facts": {"facts": {"arrived": "2026-03-01", "visaIssued": True}},
        "take_decision": {"request": "OPTEmployment", "decision": "approved", "on": "2026-03-02"},
        "correct_status": {"status": "ACTIVE"},
        "verify_journal": {
            "match": {
                "kind": "upload.answered",
                "subjects": {"batch": "BATCH000000001"},
                "detail": {"code": "S0010"},
                "after": {"kind": "batch.accepted", "subjects": {"batch": "BATCH000000001"}},
            },
            "never": True,
        },
        "change_organization": {"active": False, "endRecords": True},
        "register_certificate": {
            "organization": "ABC214F00012000",
            "certificate": "-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n",
        },
        "issue_certificate": {"organizations": ["ABC214F00012000"], "profile": "expired"},
        "open_listener": {"certificate": "expired"},
        "add_fault": {"at": "upload", "first": 2, "do": {"status": 503}},
        "create_sandbox": {"name": "ci-17", "clock": "2026-03-06T21:50-05:00", "seed": 17},
        "branch_sandbox": {"name": "what-if"},
        "take_snapshot": {"name": "before-registration"},
    }
)
"""Bodies by name of the handler."""

_QUERIES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "plan": {"until": "+5bd"},
        "list_batches": {"system": "production", "batch": "BATCH000000001"},
        "list_records": {"status": "ACTIVE", "organization": "ABC214F00012000"},
        "read_journal": {"kind": "upload.answered", "batch": "BATCH000000001", "wait": "30"},
        "stream_events": {"kind": "batch.*"},
        "show_request": {"part": "body"},
    }
)
_PLACES: Mapping[str, str] = MappingProxyType(
    {
        "sandbox": "ci-17",
        "snapshot": "before-registration",
        "sevis_id": "N9904705123",
        "org_id": "ABC214F00012000",
        "entry": "17",
        "fingerprint": "3f2a9c",
        "listener": "tls-1",
        "fault": "fault-1",
    }
)
_PARAMETER = re.compile(r"\{(\w+)\}")


def curl(route: Route) -> str:
    """Return a command line that makes a request of a route."""
    name = route.handler.__name__
    path = _PARAMETER.sub(lambda found: _PLACES.get(found[1], found[1]), route.path)
    query = f"?{urlencode(_QUERIES[name], safe=',*')}" if name in _QUERIES else ""
    words = ["curl -s"]
    if route.media == ("text/event-stream",):
        words.append("-N")
    if route.method != "GET" and not (route.method == "POST" and route.takes):
        words.append(f"-X {route.method}")
    if route.takes:
        words.append(f"--json '{json.dumps(BODIES.get(name, {}), ensure_ascii=False)}'")
    address = f"{BASE}{path}{query}"
    words.append(f"'{address}'" if query else address)
    return " ".join(words)
