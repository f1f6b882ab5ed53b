"""A scenario learnt from a result ends as the result does, and nobody can be known by it."""

import pytest
from lxml import etree

from sevis_sim.runner.learn import LearnError, learn
from sevis_sim.runner.library import shipped_folder
from sevis_sim.runner.lint import lint
from sevis_sim.runner.reference import ReferenceActor
from sevis_sim.runner.suite import Case, run_scenarios
from sevis_sim.sandbox.redaction import personal_elements
from sevis_sim.scenarios import load_scenario, load_sources

STAYS = {"City", "PostalCode", "Province", "PostalRoutingCode", "BirthDate"}


class Recorder(ReferenceActor):
    """Keeps what was sent and what came."""

    def __init__(self):
        super().__init__()
        self.sent = self.result = b""

    async def upload(self, task):
        self.sent = task.document
        return await super().upload(task)

    async def download(self, task):
        answer = await super().download(task)
        self.result = answer.body if answer.zipped else self.result
        return answer


async def played(name):
    recorder = Recorder()
    [outcome] = await run_scenarios([Case(load_scenario(f"{shipped_folder()}/{name}"))], actor=lambda: recorder)
    assert outcome.verdict == "passed"
    return recorder.sent, recorder.result


def personal(document):
    root = etree.fromstring(document)
    found = {
        element.text.strip()
        for element in root.iter(*(personal_elements() - STAYS))
        if element.text and element.text.strip()
    }
    return found | {element.get("sevisID") for element in root.iter(etree.Element)} - {None}


@pytest.mark.parametrize(
    "name",
    ["records/mixed.yaml", "basics/create-student-family.yaml", "alpha-2016.yaml", "records/partial-failure.yaml"],
)
async def test_with_its_batch_it_ends_the_same_and_names_nobody(name, tmp_path):
    sent, result = await played(name)
    learnt = learn(result, sent, "learnt")
    (tmp_path / "learnt.yaml").write_text(learnt.scenario, encoding="utf-8")
    (tmp_path / learnt.batch_name).write_bytes(learnt.batch)
    [source] = load_sources(tmp_path / "learnt.yaml")
    assert lint(source) == []
    [outcome] = await run_scenarios([Case(source.scenario)])
    assert outcome.problems == []
    text = learnt.scenario + learnt.batch.decode()
    invented = {"Sample", "2175550100", "X0000000", "100 Sample Street"}
    assert personal(sent)
    assert [each for each in personal(sent) - invented if f">{each}<" in text or f'"{each}"' in text] == []


async def test_without_a_batch_people_are_made_up(tmp_path):
    _, result = await played("basics/sample-files.yaml#sample-two-exchange-visitors")
    learnt = learn(result, None, "learnt")
    assert learnt.batch_name == ""
    (tmp_path / "learnt.yaml").write_text(learnt.scenario, encoding="utf-8")
    [outcome] = await run_scenarios([Case(load_scenario(tmp_path / "learnt.yaml"))])
    assert outcome.problems == []


async def test_what_teaches_nothing_is_refused():
    with pytest.raises(LearnError, match="zip is damaged"):
        learn(b"PK\3\4broken", None, "x")
    with pytest.raises(LearnError, match=r"not well-formed|is empty"):
        learn(b"", None, "x")
    log = b'<TransactionLog><BatchHeader/><BatchDetail status="true"/></TransactionLog>'
    with pytest.raises(LearnError, match="no processing yet"):
        learn(log, None, "x")
    _, result = await played("first-steps.yaml")
    with pytest.raises(LearnError, match="they do not belong together"):
        learn(result, (shipped_folder() / "files" / "students.xml").read_bytes(), "x")
    with pytest.raises(LearnError, match="no well-formed XML"):
        learn(result, b"<a>", "x")
