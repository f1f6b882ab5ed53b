"""Faults of one sandbox over the control API."""

from aiohttp import web

from sevis_sim.control import fault_models
from sevis_sim.control.requests import Problem, Resources, body_of, served_by
from sevis_sim.faults import FaultError, Standing
from sevis_sim.mischief import presets
from sevis_sim.sandbox.mischief import add_faults, clear_faults


async def list_faults(resources: Resources, request: web.Request) -> list[fault_models.FaultOut]:
    """What goes wrong in this sandbox on purpose, and how often each fault has matched and struck."""
    return [_fault(each) for each in served_by(resources, request).sandbox.faults.standings()]


async def add_fault(resources: Resources, request: web.Request) -> list[fault_models.FaultOut]:
    """Let something go wrong: one fault, or all of a preset (docs/faults.md)."""
    served, body = served_by(resources, request), await body_of(request, fault_models.AddFault)
    content = body.model_dump(by_alias=True, exclude_none=True)
    text = content.pop("text", None)
    if text is not None and content:
        words = f"text stands for the whole fault; leave out {', '.join(content)}, or the text"
        raise Problem(422, "Not a fault", words, "text")
    try:
        added = await add_faults(served.sandbox, content if text is None else text)
    except FaultError as error:
        raise Problem(422, "Not a fault", str(error), error.key or ("text" if text is not None else None)) from error
    return [_fault(Standing(fault, 0, 0)) for fault in added]


async def clear_all_faults(resources: Resources, request: web.Request) -> fault_models.ClearedOut:
    """Let everything go right again; what magic values ask for stays (the switch magic_values)."""
    gone = await clear_faults(served_by(resources, request).sandbox)
    return fault_models.ClearedOut(cleared=[fault.name for fault in gone])


async def clear_fault(resources: Resources, request: web.Request) -> fault_models.ClearedOut:
    """End one fault."""
    try:
        gone = await clear_faults(served_by(resources, request).sandbox, request.match_info["fault"])
    except FaultError as error:
        raise Problem(404, "No such fault", str(error), "fault") from error
    return fault_models.ClearedOut(cleared=[fault.name for fault in gone])


async def list_presets(_resources: Resources, _request: web.Request) -> list[fault_models.PresetOut]:
    """The failure modes of the real service, each with what a client sees and what a good client does."""
    return [
        fault_models.PresetOut(
            name=each.name,
            title=each.title,
            symptom=each.symptom,
            good=each.good,
            source=each.source,
            faults=[dict(fault) for fault in each.faults],
        )
        for each in presets().values()
    ]


def _fault(standing: Standing) -> fault_models.FaultOut:
    fault, when = standing.fault, standing.fault.when
    return fault_models.FaultOut.model_validate(
        {
            "name": fault.name,
            "at": fault.at,
            "kind": fault.kind,
            "value": fault.value,
            "whom": dict(fault.whom),
            "first": when.first,
            "every": when.every,
            "rate": when.rate,
            "in_a_row": when.in_a_row if when.rate is not None else None,
            "since": when.since,
            "until": when.until,
            "phase": fault.phase,
            "matched": standing.matched,
            "struck": standing.struck,
        }
    )
