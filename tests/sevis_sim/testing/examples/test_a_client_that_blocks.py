"""A client in the manner of curl, with requests: what a vendor's test looks like."""

import io
import re
import zipfile
from xml.etree import ElementTree

import pytest

from sevis_sim.resources import folder

requests = pytest.importorskip("requests", reason="the example uses requests")

BATCH = "BATCH000000001"
STUDENTS = folder("scenarios") / "files" / "two-students.xml"


class VendorClient:
    """The client under test: it knows URLs and files, nothing of the simulator."""

    def __init__(self, upload_url, download_url, cert, ca, org, user):
        self.upload_url, self.download_url, self.org, self.user = upload_url, download_url, org, user
        self.session = requests.Session()
        self.session.cert, self.session.verify = cert, ca
        self.session.trust_env = False  # else REQUESTS_CA_BUNDLE goes before `verify`

    def upload(self, file, batch):
        fields = {"orgid": self.org, "batchid": batch, "userid": self.user}
        with file.open("rb") as document:
            answer = self.session.post(self.upload_url, data=fields, files={"xml": (file.name, document)})
        answer.raise_for_status()
        return ElementTree.fromstring(answer.content).find("BatchDetail/Upload").get("resultCode")

    def download(self, batch):
        fields = {"orgid": self.org, "batchid": batch, "userid": self.user}
        answer = self.session.get(self.download_url, params=fields)
        answer.raise_for_status()
        return zipfile.ZipFile(io.BytesIO(answer.content))

    def results(self, batch):
        with self.download(batch) as archive, archive.open("sevis_transaction_log.xml") as log:
            return {
                record.get("requestID"): record.find("Result").get("resultCode")
                for record in ElementTree.parse(log).iter("Record")
            }


@pytest.fixture
def client(sevis):
    school = sevis.school()
    with_files = (str(school.cert_file), str(school.key_file))
    client = VendorClient(
        sevis.upload_url(), sevis.download_url(), with_files, str(school.ca_file), school.org_id, school.user_id
    )
    with client.session:
        yield client


def test_results_can_be_had_on_the_next_business_day(sevis, client):
    assert client.upload(STUDENTS, BATCH) == "S0000"
    sevis.clock.advance("next-business-day 06:00")
    with client.download(BATCH) as archive:
        assert archive.namelist()[0] == "sevis_transaction_log.xml"
        assert len(archive.namelist()) == 2
    sevis.journal.expect("batch.processed", batch=BATCH, success=1, failure=1)


@pytest.mark.sevis(clock="2026-03-06T22:30-05:00")
def test_what_comes_late_on_a_friday_waits_for_tuesday(sevis, client):
    client.upload(STUDENTS, BATCH)
    happened = sevis.clock.advance("next-business-day 06:00")
    assert not any("processed" in each for each in happened)
    assert any("processed" in each for each in sevis.clock.advance("next-business-day 06:00"))


def test_a_busy_service_is_asked_again(sevis, client):
    sevis.faults.add("upload first=1 do=status:503")
    with pytest.raises(requests.HTTPError, match="503"):
        client.upload(STUDENTS, BATCH)
    assert client.upload(STUDENTS, BATCH) == "S0000"
    sevis.journal.expect("upload.answered", exactly=2)


def test_a_batch_is_not_sent_twice(sevis, client):
    client.upload(STUDENTS, BATCH)
    sevis.journal.never("upload.answered", batch=BATCH, code=re.compile("S0010"))


def test_a_school_may_not_speak_for_another(sevis, client):
    client.org = "XYZ214F00099000"
    client.download(BATCH).close()
    sevis.journal.expect("download.answered", code="S0002", reason=re.compile("no organization"))
