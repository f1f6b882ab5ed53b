"""How benchmarks are chosen; what they measure is up to them."""

import pytest

from benchmarks.__main__ import NAMES, main


def test_help_tells_what_each_benchmark_measures(capsys):
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    told = capsys.readouterr().out
    for name, words in zip(NAMES, ("From exec to ready", "250 valid records"), strict=False):
        assert f"\n  {name} " in told
        assert words in told


def test_an_unknown_benchmark_is_answered_with_those_that_there_are(capsys):
    with pytest.raises(SystemExit) as end:
        main(["wires"])
    assert end.value.code == 2
    told = capsys.readouterr().err
    assert "no benchmark 'wires'" in told
    assert all(f"\n  {name} " in told for name in NAMES)


def test_those_named_are_run_in_the_order_given(capsys, monkeypatch):
    from benchmarks import updates, uploads

    monkeypatch.setattr(uploads, "run", lambda: print("…"))
    monkeypatch.setattr(updates, "run", lambda: print("…"))
    assert main(["uploads", "updates"]) == 0
    assert capsys.readouterr().out == "uploads\n…\nupdates\n…\n"
