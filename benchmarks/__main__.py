"""``python -m benchmarks [NAME…]``: run all, or those named; ``--help`` tells what each measures."""

import argparse
import importlib
import sys
from types import ModuleType

NAMES = (
    "startup",
    "validation",
    "check",
    "uploads",
    "wire",
    "night",
    "updates",
    "life-cycle",
    "scenarios",
    "udir",
)


def main(arguments: list[str] | None = None) -> int:
    """Run benchmarks. Returns 0; SystemExit 2, with the list, where a name is none."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure against a named peer or limit in the same run (design.md §6).",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=_listed(),
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="which to run; all where none is named")
    names = parser.parse_args(arguments).names
    if unknown := [name for name in names if name not in NAMES]:
        parser.exit(2, f"no benchmark {', '.join(map(repr, unknown))}\n\n{_listed()}\n")
    for name in names or NAMES:
        print(name)
        _module(name).run()
    return 0


def _listed() -> str:
    width = max(map(len, NAMES))
    told = (f"  {name:{width}}  {(_module(name).__doc__ or '').partition(chr(10))[0]}" for name in NAMES)
    return "\n".join(("benchmarks:", *told))


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"benchmarks.{name.replace('-', '_')}")


if __name__ == "__main__":
    sys.exit(main())
