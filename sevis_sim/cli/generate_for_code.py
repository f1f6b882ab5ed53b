"""``sevis-sim generate for-code``: the batch that ends in a code, what SEVIS must know for it, and how to use them."""

import shlex
from pathlib import Path

from sevis_sim.cli.report import EXIT_ENVIRONMENT, EXIT_FINDINGS, EXIT_USAGE, fail, say


def write(code: str, output: Path | None, *, near: bool) -> None:
    """Write batch and state for one code, and its near miss if asked for, and say how to use them.

    Args:
        code: of the catalogue; small letters will do.
        output: the folder; by default one that is called like the code, here.
        near: whether to write the near miss, too.

    """
    from sevis_sim.codes import catalogue
    from sevis_sim.generation.for_code import BATCH_ID, NoBatchError, for_code
    from sevis_sim.yamlfile import suggestion

    code = code.upper()
    if code not in catalogue.entries():
        fail(
            f"{code} is no code of SEVIS{suggestion(code, catalogue.entries())}; see: sevis-sim explain --all",
            EXIT_USAGE,
        )
    folder = output or Path(code.lower())
    try:
        made = [for_code(code, near=wanted) for wanted in ((False, True) if near else (False,))]
    except NoBatchError as error:
        fail(str(error), EXIT_FINDINGS)
    if folder.exists() and not folder.is_dir():
        fail(f"{folder}: not a folder; the files need one, as -o DIR", EXIT_USAGE)
    for each in made:
        stem = Path(each.file_name).stem if len(each.file_name) <= 30 else code
        state, settings = folder / f"{stem}.state.yaml", folder / f"{stem}.settings.yaml"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / each.file_name).write_bytes(each.document)
            state.write_text(each.state, encoding="utf-8")
            if each.settings:
                settings.write_text(each.settings, encoding="utf-8")
        except OSError as error:
            fail(f"{folder}: {error.strerror or error}", EXIT_ENVIRONMENT)
        batch = shlex.quote(str(folder / each.file_name))
        config = f" --config {shlex.quote(str(settings))}" if each.settings else ""
        say(f"{folder / each.file_name}: {each.says}")
        say(f"{state}: what SEVIS knows before, and its clock on {each.today}")
        for note in each.notes:
            say(f"  note: {note}")
        if each.predicted:
            say(f"  sevis-sim check {batch} --state {shlex.quote(str(state))} --date {each.today}")
        say(f"  sevis-sim serve --scenario {shlex.quote(str(state))}{config}   # then, in another shell:")
        say(f"  sevis-sim upload {batch}; sevis-sim clock advance next-business-day; sevis-sim download {BATCH_ID}")
