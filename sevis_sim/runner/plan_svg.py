"""Draws a plan: one lane for each who does something, in the order of time, as one SVG that needs nothing else."""

from xml.sax.saxutils import escape

from sevis_sim.clock import Calendar
from sevis_sim.runner.plan import LANES, Lane, Plan, Planned

_WORDS: dict[Lane, str] = {
    "client": "Client",
    "clock": "Clock",
    "sevis": "SEVIS",
    "calendar": "Calendar",
    "fault": "Faults",
    "world": "Outside world",
}
_COLORS: dict[Lane, str] = {
    "client": "#1f5fa8",
    "clock": "#6b6b6b",
    "sevis": "#2a7d4f",
    "calendar": "#8a5a00",
    "fault": "#b3261e",
    "world": "#6a3fa0",
}
_ROW, _LEFT, _LANE, _TOP, _TEXT = 30, 190, 84, 74, 520


def as_svg(made: Plan) -> str:
    """Return a plan as a picture: time runs downward, one row for each thing that happens."""
    used = [lane for lane in LANES if any(each.lane == lane for each in (*made.events, *made.later))] or ["client"]
    rows = [*((each, False) for each in made.events), *((each, True) for each in made.later)]
    text_left = _LEFT + len(used) * _LANE + 10
    width, height = text_left + _TEXT, _TOP + max(1, len(rows)) * _ROW + 24
    calendar = Calendar()
    out = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
            'font-family="system-ui, sans-serif" font-size="13" role="img">'
        ),
        f"<title>{escape(made.name)}: what will happen when</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="16" y="28" font-size="17" font-weight="600">{escape(made.name)}</text>',
    ]
    for number, lane in enumerate(used):
        x = _LEFT + number * _LANE + _LANE // 2
        out.append(f'<text x="{x}" y="56" text-anchor="middle" fill="{_COLORS[lane]}">{_WORDS[lane]}</text>')
        out.append(f'<line x1="{x}" y1="64" x2="{x}" y2="{height - 16}" stroke="#d8d8d8"/>')
    before = ""
    for number, (each, later) in enumerate(rows):
        y = _TOP + number * _ROW + 14
        out += _row(each, later, y, used, text_left)
        local = calendar.local(each.instant)
        day = f"{local:%a %Y-%m-%d}"
        shown = f"{day} {local:%H:%M:%S}" if day != before else f"{local:%H:%M:%S}"
        before = day
        out.append(
            f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end" fill="#444444" '
            f'font-variant-numeric="tabular-nums">{shown}</text>'
        )
    return "\n".join([*out, "</svg>", ""])


def _row(each: Planned, later: bool, y: int, used: list[Lane], text_left: int) -> list[str]:
    x = _LEFT + used.index(each.lane) * _LANE + _LANE // 2
    color = _COLORS[each.lane]
    fill = "#ffffff" if later else color
    text = f"{each.step}. {each.text}" if each.step else each.text
    shown = text if len(text) <= 90 else f"{text[:89]}…"
    words = escape(f"later: {shown}" if later else shown)
    found = [
        f'<line x1="{x}" y1="{y}" x2="{text_left - 6}" y2="{y}" stroke="#eeeeee"/>',
        f'<circle cx="{x}" cy="{y}" r="6" fill="{fill}" stroke="{color}" stroke-width="2"/>',
        f'<text x="{text_left}" y="{y + 4}" fill="{"#b3261e" if each.problem else "#222222"}">{words}</text>',
    ]
    if each.problem:
        problem = escape(each.problem)
        found.append(f'<text x="{text_left}" y="{y + 17}" font-size="11" fill="#b3261e">{problem}</text>')
    return found
