"""Questions on their way through the service: who may ask, Net IDs, certificates, and what the audit log keeps."""

from dataclasses import asdict
from datetime import UTC, date, datetime

import pytest
from attribute_world import NOW, Student, World
from cryptography import x509

from sevis_sim.pki import CertificateAuthority, Revocations, profiles
from udir_sim.attributes import AUDIT, Outside, Question, Reason, issue_student
from udir_sim.attributes.policy import PLACES

DAY = date(1999, 10, 1)


@pytest.fixture
def world() -> World:
    world = World()
    world.shelf.students["1234567"] = [Student()]
    world.shelf.students["JDOE"] = [Student()]
    return world


def test_the_reasons_of_the_ten_tests_are_in_order():
    steps = [reason.step for reason in Reason if reason.step]
    assert steps == list(range(1, 11))
    assert [reason.code for reason in Reason if reason.outside is Outside.YES] == ["OK"]


@pytest.mark.parametrize("net_id", ["jdoe", "JDOE", "Jdoe      ", "JDOE "])
async def test_net_ids_are_compared_without_padding_and_case(world, net_id):
    assert (await world.service.answer(world.question(net_id=net_id, day=DAY))).reason is Reason.OK


@pytest.mark.parametrize("net_id", [None, "", "   ", "12345678901", "123 567", " 1234567", "JDÖE", "1234\t", "\0"])
async def test_net_ids_that_cannot_be_are_refused(world, net_id):
    answer = await world.service.answer(world.question(net_id=net_id, day=DAY))
    assert answer.reason is Reason.NET_ID
    assert world.shelf.asked == 0
    assert world.audit[0].net_id == ""


async def test_the_certificate_alone_says_who_asks(world):
    question = Question(None, world.identities["PUBLISHER3"].fingerprint, net_id="1234567")
    answer = await world.service.answer(question)
    assert (answer.reason, answer.application) == (Reason.OK, "PUBLISHER3")


async def test_an_application_whose_certificate_is_not_valid_today_is_not_known(world):
    world.now = datetime(1998, 6, 1, tzinfo=UTC)
    assert (await world.service.answer(world.question())).reason is Reason.APPLICATION


async def test_the_operator_needs_no_certificate_but_a_known_application(world):
    asked = Question("PUBLISHER1", net_id="1234567", day=DAY, by_operator=True)
    assert (await world.service.answer(asked)).reason is Reason.OK
    assert (await world.service.answer(Question("P", net_id="1234567", by_operator=True))).reason is Reason.APPLICATION
    assert [entry.by for entry in world.audit] == ["operator", "operator"]


async def test_another_day_is_for_tests(world):
    plain = World(test_mode=False)
    answer = await plain.service.answer(plain.question(day=DAY))
    assert answer.reason is Reason.REQUEST
    assert "test_mode" in answer.detail
    assert (await world.service.answer(world.question(day=DAY))).reason is Reason.OK


@pytest.mark.parametrize("place", [*PLACES, "2.16.840.1.113916.1.1.4.1"])
async def test_the_net_id_is_taken_from_any_configured_place_of_the_certificate(place):
    world = World()
    world.policies = world.policies.model_copy(update={"net_id_from": (place,)})
    world.service = world.make()
    world.shelf.students["1234567"] = [Student()]
    # Sent as ten characters, left-justified (udir.md 6.1).
    for value in ("1234567", "1234567   "):
        identity = issue_student(world.authority, value.strip() if place == "CN" else value, NOW, place=place)
        question = world.question(net_id=None, certificate=identity.certificate_pem, day=DAY)
        assert (await world.service.answer(question)).reason is Reason.OK


@pytest.mark.parametrize("profile", profiles())
async def test_only_a_good_certificate_of_the_authority_speaks_for_a_student(world, profile):
    identity = issue_student(world.authority, "1234567", NOW, profile=profile)
    answer = await world.service.answer(world.question("PUBLISHER3", net_id=None, certificate=identity.certificate_pem))
    made_as = profiles()[profile]
    good = (made_as.issuer, made_as.usage) == ("ca", "client") and profile not in ("expired", "not-yet-valid")
    assert answer.reason is (Reason.OK if good else Reason.CERTIFICATE)
    assert bool(answer.detail) != good


async def test_a_revoked_certificate_speaks_for_nobody(world):
    identity = issue_student(world.authority, "1234567", NOW)
    certificate = x509.load_pem_x509_certificate(identity.certificate_pem)
    world.revocations = Revocations().revoke(certificate, world.authority, NOW)
    world.service = world.make()
    question = world.question("PUBLISHER3", net_id=None, certificate=identity.certificate_pem)
    answer = await world.service.answer(question)
    assert answer.reason is Reason.CERTIFICATE
    assert "revoked" in answer.detail


async def test_an_application_whose_certificate_was_revoked_is_not_known(world):
    certificate = x509.load_pem_x509_certificate(world.identities["PUBLISHER1"].certificate_pem)
    world.revocations = Revocations().revoke(certificate, world.authority, NOW)
    world.service = world.make()
    assert (await world.service.answer(world.question())).reason is Reason.APPLICATION
    assert world.audit[-1].detail == "the certificate of PUBLISHER1 was revoked"
    assert (await world.service.answer(world.question("PUBLISHER2", day=DAY))).reason is Reason.OK


@pytest.mark.parametrize(
    ("certificate", "words"),
    [
        (b"", "empty"),
        (b"junk", "not an X.509 certificate"),
        (b"-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n", "private key"),
    ],
)
async def test_what_is_no_certificate_is_refused_with_what_to_send_instead(world, certificate, words):
    answer = await world.service.answer(world.question(net_id=None, certificate=certificate))
    assert answer.reason is Reason.CERTIFICATE
    assert words in answer.detail


async def test_the_certificate_of_an_authority_speaks_for_nobody(world):
    answer = await world.service.answer(world.question(net_id=None, certificate=world.authority.pem))
    assert answer.reason is Reason.CERTIFICATE
    assert "authority" in answer.detail


async def test_the_tri_state_tells_whether_a_determination_was_made():
    world = World(tri_state=True)
    world.shelf.students = {"Y": [Student()], "N": [Student(release_flag="N")]}
    told = [(await world.service.answer(world.question(net_id=who, day=DAY))).told() for who in ("Y", "N", "NOBODY")]
    assert told == [
        {"eligible": True, "determination": "made"},
        {"eligible": False, "determination": "refused"},
        {"eligible": False, "determination": "made"},
    ]


async def test_who_asks_too_often_must_wait_until_the_bucket_fills():
    world = World(queries_per_minute=2)
    world.shelf.students["1234567"] = [Student()]
    reasons = [(await world.service.answer(world.question(day=DAY))).reason for _ in range(3)]
    assert reasons == [Reason.OK, Reason.OK, Reason.LIMIT]
    other = await world.service.answer(world.question("PUBLISHER2", day=DAY))
    assert other.reason is Reason.OK
    refused = await world.service.answer(world.question(day=DAY))
    world.seconds += refused.wait_seconds
    assert (await world.service.answer(world.question(day=DAY))).reason is Reason.OK
    assert (await world.service.answer(world.question(day=DAY))).reason is Reason.LIMIT


async def test_the_audit_entry_says_all_but_who_it_was(world):
    world.shelf.students["1234567"] = [Student(student_status="W"), Student(location="09", release_flag="N")]
    await world.service.answer(world.question(day=DAY))
    (entry,) = world.audit
    assert (entry.application, entry.reason, entry.answer, entry.day) == ("PUBLISHER1", "R-STATUS", "no", DAY)
    assert entry.policy == world.policies.applications["PUBLISHER1"].version
    assert entry.records == {"06": "R-STATUS", "09": "R-RELEASE"}
    assert entry.data == {"06": date(1999, 9, 1), "09": date(1999, 9, 2)}
    assert len(entry.net_id) == 16
    assert "1234567" not in str(asdict(entry)) + entry.summary()
    kept = entry.entry(None, NOW)
    assert kept.kind in AUDIT
    certificate = world.identities["PUBLISHER1"].fingerprint
    assert kept.subjects == {
        "application": "PUBLISHER1",
        "certificate": certificate,
        "netId": entry.net_id,
        "reason": "R-STATUS",
    }
    assert "SAMPLE" not in str(kept)


async def test_one_net_id_has_one_hash_whoever_asks_and_however_it_is_written(world):
    identity = issue_student(world.authority, "JDOE", NOW)
    await world.service.answer(world.question(net_id="jdoe", day=DAY))
    await world.service.answer(world.question("PUBLISHER2", net_id=None, certificate=identity.certificate_pem, day=DAY))
    await world.service.answer(world.question(net_id="1234567", day=DAY))
    first, second, third = (entry.net_id for entry in world.audit)
    assert first == second != third


async def test_an_answer_shows_no_net_id_to_a_log(world):
    answer = await world.service.answer(world.question(day=DAY))
    assert "1234567" not in repr(answer)


async def test_a_stranger_of_the_same_name_is_not_the_application(world):
    stranger = CertificateAuthority.create().issue_client("PUBLISHER1")
    answer = await world.service.answer(world.question(fingerprint=stranger.fingerprint))
    assert answer.reason is Reason.APPLICATION


async def test_the_operator_learns_why_an_application_was_not_known_and_the_application_does_not(world):
    fingerprint = world.identities["PUBLISHER1"].fingerprint
    asked = {
        Question("PUBLISHER1"): "no client certificate was sent",
        Question("PUBLISHER1", "0" * 64): "the certificate is no application's",
        Question("PUBLISHER2", fingerprint): "the certificate is that of PUBLISHER1",
    }
    told = {(await world.service.answer(question)).detail for question in asked}
    assert len(told) == 1
    assert [entry.detail for entry in world.audit] == list(asked.values())
    assert [entry.certificate for entry in world.audit] == ["", "0" * 64, fingerprint]
