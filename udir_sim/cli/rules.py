"""``udir-sim rules``: what is checked, and what a rule means."""

import dataclasses
import textwrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from udir_sim.cli.output import EXIT_USAGE, JsonOption, OutputOption, as_json, fail, write

if TYPE_CHECKING:  # naming these loads pydantic, which most commands do without
    from udir_sim.rules import Rule


def rules(
    explain: Annotated[str | None, typer.Option("--explain", metavar="RULE", help="All about one rule.")] = None,
    json: JsonOption = False,
    output: OutputOption = None,
) -> None:
    """List the rules, or explain one.

    Examples:
      udir-sim rules
      udir-sim rules --explain X03
      udir-sim rules --json -o rules.json

    """
    write(show_rules(json=json) if explain is None else show_rule(explain, json=json), output)


def show_rules(*, json: bool) -> str:
    """Return all rules, one a line or as JSON."""
    from udir_sim.rules import FAMILIES, RULE_SET, catalogue

    if json:
        return as_json({"ruleSet": RULE_SET, "rules": [_document(rule) for rule in catalogue().values()]})
    lines: list[str] = []
    family = ""
    for rule in catalogue().values():
        if rule.family != family:
            family = rule.family
            lines += ["", FAMILIES[family].capitalize()] if lines else [FAMILIES[family].capitalize()]
        lines.append(f"  {rule.id:<22} {rule.strict.name:<8} {rule.lenient.name:<8} {rule.title}")
    return "\n".join(lines) + "\n"


def show_rule(text: str, *, json: bool = False) -> str:
    """Return all about one rule."""
    from udir_sim.rules import find_rule

    try:
        rule = find_rule(text)
    except KeyError as error:
        fail(str(error.args[0]), EXIT_USAGE)
    if json:
        return as_json(_document(rule))
    lines = [f"{rule.id}  {rule.title}", ""]
    lines += _pair("strict", rule.strict.name) + _pair("lenient", rule.lenient.name)
    for variant in rule.variants.values():
        lines += _pair("variant", f"strict {variant.strict.name}, lenient {variant.lenient.name} if {variant.when}")
    lines += _pair("columns", rule.where) + _pair("must", rule.must) + _pair("mend", rule.mend)
    lines += _pair("source", rule.source)
    for example in rule.passes:
        lines += _pair("passes", example)
    for failing in rule.fails:
        lines += _pair("fails", failing.edit)
    return "\n".join(lines) + "\n"


def _pair(name: str, text: str) -> list[str]:
    return textwrap.wrap(text, 96, initial_indent=f"  {name:<9}", subsequent_indent=" " * 11, break_long_words=False)


def _document(rule: "Rule") -> dict[str, Any]:
    document = dataclasses.asdict(rule)
    document["strict"], document["lenient"] = rule.strict.name, rule.lenient.name
    document["variants"] = {
        name: {"strict": each.strict.name, "lenient": each.lenient.name, "when": each.when}
        for name, each in rule.variants.items()
    }
    document["fails"] = [
        {"edit": each.edit, "strict": each.strict.name, "lenient": each.lenient.name, "also": list(each.also)}
        for each in rule.fails
    ]
    return document
