"""``python -m benchmarks [NAME…]``: run all, or those named."""

import sys

from benchmarks import check, life_cycle, night, scenarios, startup, udir, updates, uploads, validation, wire

ALL = {
    "startup": startup,
    "validation": validation,
    "check": check,
    "uploads": uploads,
    "wire": wire,
    "night": night,
    "updates": updates,
    "life-cycle": life_cycle,
    "scenarios": scenarios,
    "udir": udir,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(ALL)}", file=sys.stderr)
        return 2
    for name in names or ALL:
        print(name)
        ALL[name].run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
