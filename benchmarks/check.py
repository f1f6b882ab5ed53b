"""``sevis-sim check --schema-only`` as a process against a bare lxml script, by CPU; one bad record in the checker."""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.inputs import students
from benchmarks.timing import median_ms, report
from sevis_sim.resources import folder

_BARE = (
    "import sys\nfrom lxml import etree\nschema = etree.XMLSchema(etree.parse(sys.argv[1]))\n"
    "for file in sys.argv[2:]: schema.assertValid(etree.parse(file))\n"
)
_MANY = 100


def run() -> None:
    from sevis_sim.advice.check import Checker
    from sevis_sim.advice.check_sources import Source
    from sevis_sim.schemas import release

    schema = str(folder("schemas") / "6.31" / "Create-UpdateStudent.xsd")
    with tempfile.TemporaryDirectory() as place:
        files = [str(Path(place) / f"f{number:02}.xml") for number in range(_MANY)]
        for number, file in enumerate(files):
            Path(file).write_bytes(students(250, batch_id=f"BENCH{number:09}"))
        ours = [sys.executable, "-m", "sevis_sim", "check", "--schema-only"]
        bare = [sys.executable, "-c", _BARE, schema]
        one, one_bare = _least(([*ours, files[0]], [*bare, files[0]]), 9)
        report("check one file of 250 records", f"{one:.0f} ms CPU", f"bare lxml script: {one_bare:.0f} ms", "")
        report("", f"+ {one - one_bare:.0f} ms", "over the bare script", "≤ 250 ms")
        many, many_bare = _least(([*ours, *files], [*bare, *files]), 3)
        rate = f"{_MANY * 250_000 / many:.0f} rec/s"
        report(f"check {_MANY} files in one call", rate, f"bare lxml script: {many_bare / many:.2f} of it", "≥ 0.80")

    bad = students(250).replace(b"<Gender>", b"<Gender>X", 1)
    checker = Checker(release())
    assert len(checker.check(Source("a.xml", "a.xml", bad)).findings) == 1
    found = median_ms(lambda: checker.check(Source("a.xml", "a.xml", bad)), 9)
    good = students(250)
    plain = median_ms(lambda: checker.check(Source("a.xml", "a.xml", good)), 9)
    report("check a file with 1 bad record of 250, with its place", f"{found:.0f} ms", f"the good file: {plain:.0f} ms")


def _least(commands: tuple[list[str], ...], repeats: int) -> list[float]:
    """Return the least CPU time of each command in milliseconds; they take turns, so that both see the same machine."""
    least = [float("inf")] * len(commands)
    for _ in range(repeats):
        for number, command in enumerate(commands):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            least[number] = min(least[number], spent * 1000)
    return least
