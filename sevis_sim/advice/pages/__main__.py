"""Writes or checks the generated pages of a checkout; an installed package has none."""

import argparse
import sys
from pathlib import Path

from sevis_sim.advice.pages.codes_page import codes_page
from sevis_sim.advice.pages.events_page import events_page

FOLDER = Path(__file__).resolve().parents[3] / "docs"


def pages() -> dict[str, str]:
    """Return the pages as they should be, by file name."""
    return {
        "codes.md": codes_page(),
        "student-events.md": events_page("student"),
        "exchange-visitor-events.md": events_page("exchangeVisitor"),
    }


def main(arguments: list[str] | None = None, folder: Path = FOLDER) -> int:
    """Write or check the pages. Returns 0, or 1 if ``--check`` finds one out of date."""
    parser = argparse.ArgumentParser(prog="python -m sevis_sim.advice.pages", description="Write pages of docs/.")
    parser.add_argument("--check", action="store_true", help="only tell which pages are out of date")
    check = parser.parse_args(arguments).check
    result = 0
    for name, wanted in pages().items():
        page = folder / name
        if not check:
            page.write_text(wanted, encoding="utf-8")
        elif not page.is_file() or page.read_text(encoding="utf-8") != wanted:
            print(f"{page} is out of date: run python -m sevis_sim.advice.pages", file=sys.stderr)
            result = 1
    return result


if __name__ == "__main__":
    sys.exit(main())
