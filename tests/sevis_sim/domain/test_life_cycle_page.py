from sevis_sim.domain import docs


def test_the_check_finds_a_page_that_is_out_of_date(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(docs, "PAGE", tmp_path / "life-cycle.md")
    assert docs.main(["--check"]) == 1
    assert "run python -m sevis_sim.domain.docs" in capsys.readouterr().err
    assert docs.main([]) == 0
    assert docs.main(["--check"]) == 0
