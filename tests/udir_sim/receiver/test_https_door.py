"""Files by HTTPS, and reports of earlier ones."""

import asyncio
import gzip
import hashlib
import json
import ssl

import aiohttp
import pytest
from udir_world import SECOND, campus_client, file_of, kinds, put, running, student, students

from sevis_sim.store import StoreError
from udir_sim.receiver.https import plain_name
from udir_sim.receiver.spool import Limits
from udir_sim.rules import Mode


@pytest.fixture
async def udir():
    async with running() as university:
        yield university


async def test_a_good_file_is_loaded_and_answered_with_its_report(udir):
    async with campus_client(udir) as client:
        status, answer = await put(client, students(range(5)), "today.txt")
    assert status == 201
    delivery = answer["delivery"]
    assert (delivery["state"], delivery["location"], delivery["name"]) == ("LOADED", "06", "today.txt")
    assert (delivery["load"]["number"], delivery["load"]["added"]) == (1, 5)
    assert answer["report"]["verdict"] == delivery["verdict"] == "ACCEPTED"
    assert udir.directory.lookup_net_id("NET4")


async def test_the_file_and_the_report_are_kept_with_their_checksums(udir):
    content = students(range(3))
    async with campus_client(udir) as client:
        _, answer = await put(client, content)
    delivery = udir.directory.delivery(answer["delivery"]["id"])
    kept = udir.directory.archive.path(delivery)
    assert kept.read_bytes() == content
    assert delivery.file_sha256 == delivery.sha256 == hashlib.sha256(content).hexdigest()
    report = udir.directory.archive.report_path(delivery.id, "json").read_bytes()
    assert delivery.report_sha256 == hashlib.sha256(report).hexdigest()
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("accept", "kind", "beginning"),
    [
        ("*/*", "text/plain", "ACCEPTED\n\ndelivery  06-"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html", "<!doctype html>"),
        ("application/json", "application/json", "{"),
        ("text/plain;q=0.1, application/json;q=0.9", "application/json", "{"),
    ],
)
async def test_the_report_comes_in_the_form_that_is_accepted(udir, accept, kind, beginning):
    async with (
        campus_client(udir) as client,
        client.put("/v1/files/a.txt", data=students(range(2)), headers={"Accept": accept}) as answer,
    ):
        assert answer.content_type == kind
        assert (await answer.text()).startswith(beginning)


async def test_a_form_that_no_report_has_is_refused_before_the_file_is_read(udir):
    async with campus_client(udir) as client:
        status, answer = await put(client, students(range(2)), Accept="image/png")
    assert status == 406
    assert "text, JSON or HTML" in str(answer)
    assert udir.directory.deliveries() == []


async def test_the_same_content_again_is_the_same_delivery_and_no_second_load(udir):
    content = students(range(3))
    async with campus_client(udir) as client:
        _, first = await put(client, content, "a.txt")
        status, second = await put(client, content, "b.txt")
        _, packed = await put(client, gzip.compress(content), "c.txt.gz")
    assert status == 200
    assert first["delivery"]["id"] == second["delivery"]["id"] == packed["delivery"]["id"]
    assert second["delivery"]["again"]
    assert second["report"] == first["report"]
    assert len(udir.directory.loads("06")) == 1


async def test_twenty_parallel_uploads_of_one_file_make_one_load(udir):
    content = students(range(3))
    async with campus_client(udir) as client:
        answers = await asyncio.gather(*(put(client, content, f"{n}.txt") for n in range(20)))
    assert sorted(status for status, _ in answers) == [200] * 19 + [201]
    assert len(udir.directory.loads("06")) == 1


async def test_a_packed_file_is_kept_as_it_was_sent_and_loaded_unpacked(udir):
    packed = gzip.compress(students(range(4)))
    async with campus_client(udir) as client:
        status, answer = await put(client, packed, "udirstud.txt.gz", **{"Content-Encoding": "gzip"})
    assert (status, answer["delivery"]["load"]["added"]) == (201, 4)
    delivery = udir.directory.delivery(answer["delivery"]["id"])
    assert udir.directory.archive.path(delivery).read_bytes() == packed
    assert delivery.file.endswith(".gz")


async def test_post_takes_the_body_or_the_file_of_a_form(udir):
    async with campus_client(udir) as client:
        async with client.post("/v1/files?name=raw.txt", data=students(range(2))) as raw:
            assert (raw.status, raw.headers["Udir-Delivery"][:3]) == (201, "06-")
        form = aiohttp.FormData({"comment": "not a file"})
        form.add_field("file", students(range(2), SECOND), filename="form.txt")
        async with client.post("/v1/files", data=form) as sent:
            assert sent.status == 201
        async with client.post("/v1/files", data=aiohttp.FormData({"a": "b"}, default_to_multipart=True)) as empty:
            assert (empty.status, "has no file" in await empty.text()) == (400, True)
    assert {delivery.name for delivery in udir.directory.deliveries()} == {"form.txt", "raw.txt"}


async def test_no_certificate_and_one_that_is_no_campuss_are_refused_with_the_remedy(udir):
    async with campus_client(udir, None) as client:
        status, answer = await put(client, students(range(2)), Accept="*/*")
    assert (status, "no client certificate was sent" in answer, "campus-NN.pem" in answer) == (403, True, True)
    stranger = udir.authority.issue_client("Somebody else")
    connector = aiohttp.TCPConnector(ssl=stranger.ssl_context(udir.ca))
    async with aiohttp.ClientSession(udir.url, connector=connector) as client:
        status, answer = await put(client, students(range(2)), Accept="*/*")
    assert (status, "is no campus's" in answer) == (403, True)
    assert udir.directory.deliveries() == []


async def test_a_file_of_another_location_than_the_certificate_is_refused_and_loads_nothing(udir):
    async with campus_client(udir, "09") as irvine:
        assert (await put(irvine, students(range(2), location="09")))[0] == 201
    async with campus_client(udir, "06") as client:
        status, answer = await put(client, students(range(5, 9), location="09"))
    assert status == 403
    assert answer["delivery"]["state"] == "REFUSED"
    assert answer["delivery"]["note"] == "the file is of location 09, its sender of 06"
    assert [record.location for record in udir.directory.lookup_net_id("NET1")] == ["09"]
    assert udir.directory.in_force("06") is None
    assert udir.directory.in_force("09").records == 2


async def test_a_file_with_errors_is_held_in_strict_mode_and_the_last_one_stays(udir):
    async with campus_client(udir) as client:
        await put(client, students(range(3)))
        status, answer = await put(client, file_of(student(0), student(1, D11="Q"), student(2), created=SECOND))
    assert status == 202
    assert (answer["delivery"]["state"], answer["delivery"]["note"]) == ("HELD", "see UD-D11-ENUM in the report")
    assert udir.directory.in_force("06").number == 1


async def test_the_same_file_is_loaded_in_lenient_mode_with_the_record_carried_forward():
    async with running(mode=Mode.LENIENT) as udir, campus_client(udir) as client:
        await put(client, students(range(3)))
        status, answer = await put(client, file_of(student(0), student(1, D11="Q"), student(2), created=SECOND))
        assert (status, answer["delivery"]["load"]["carried"]) == (201, 1)
        assert "1 carried forward" in answer["delivery"]["outcome"]


async def test_a_file_that_cannot_be_trusted_is_refused_and_kept(udir):
    async with campus_client(udir) as client:
        status, answer = await put(client, file_of(student(1), count=2))
    assert (status, answer["delivery"]["state"]) == (422, "REFUSED")
    assert "UD-T05-COUNT" in answer["delivery"]["note"]
    assert udir.directory.archive.path(udir.directory.deliveries()[0]).exists()


async def test_a_file_is_compared_with_the_last_accepted_one_of_the_same_campus(udir):
    async with campus_client(udir) as client:
        await put(client, students(range(10)))
        _, answer = await put(client, students(range(1, 11), SECOND))
    assert answer["report"]["difference"] == {
        "added": 1, "changed": 0, "deleted": 1, "unchanged": 9, "changedFields": {},
    }  # fmt: skip


async def test_no_report_shows_a_hash_or_a_name(udir):
    content = file_of(student(1, D08="Unmistakable", D11="Q"))
    async with campus_client(udir) as client:
        await put(client, content)
        for form in ("json", "text", "html"):
            delivery = udir.directory.deliveries()[0].id
            async with client.get(f"/v1/files/{delivery}?format={form}") as answer:
                text = await answer.text()
            assert "Unmistakable" not in text
            assert student(1)[2:42].decode() not in text


async def test_earlier_reports_and_loads_are_listed_for_their_campus_alone(udir):
    async with campus_client(udir) as client:
        _, answer = await put(client, students(range(2)))
        delivery = answer["delivery"]["id"]
        async with client.get("/v1/files", headers={"Accept": "application/json"}) as listed:
            assert [each["id"] for each in (await listed.json())["files"]] == [delivery]
        async with client.get("/v1/loads", headers={"Accept": "application/json"}) as loads:
            assert [each["records"] for each in (await loads.json())["loads"]] == [2]
        async with client.get("/v1/files") as text, client.get("/v1/loads") as history:
            assert delivery in await text.text()
            assert "2 students: +2 ~0 -0" in await history.text()
    async with campus_client(udir, "09") as other:
        async with other.get(f"/v1/files/{delivery}") as hidden:
            assert (hidden.status, "no such file" in await hidden.text()) == (404, True)
        async with other.get("/v1/files") as nothing:
            assert await nothing.text() == "nothing yet\n"


async def test_a_file_over_the_limit_is_refused_announced_or_not():
    async with running(limits=Limits(max_bytes=2000)) as udir, campus_client(udir) as client:
        status, answer = await put(client, students(range(20)), Accept="*/*")
        assert (status, "more than 2,000 bytes" in answer) == (413, True)

        async def drops():
            for _ in range(20):
                yield b" " * 246

        async with client.put("/v1/files/a.txt", data=drops()) as answer:
            assert answer.status == 413
        assert list((udir.folder / "incoming" / "https").iterdir()) == []


async def test_a_bomb_of_gzip_is_refused_by_its_unpacked_size():
    async with running(limits=Limits(max_bytes=100_000)) as udir, campus_client(udir) as client:
        status, answer = await put(client, gzip.compress(b" " * 50_000_000), Accept="*/*")
        assert (status, "more than 100,000 bytes" in answer) == (422, True)
        assert udir.directory.deliveries() == []
        assert await kinds(udir, "file.unreadable")


async def test_a_damaged_gz_is_refused_in_words(udir):
    async with campus_client(udir) as client:
        status, answer = await put(client, gzip.compress(students(range(9)))[:-20], Accept="*/*")
    assert (status, "cut off; send it again" in answer, "incoming" in answer) == (422, True, False)


async def test_an_upload_that_takes_too_long_is_ended():
    async with running(limits=Limits(idle_seconds=0.0)) as udir, campus_client(udir) as client:

        async def never():
            yield b"H06"
            await asyncio.Event().wait()

        async with client.put("/v1/files/a.txt", data=never()) as answer:
            assert (answer.status, "Too slow" in await answer.text()) == (408, True)
        assert udir.directory.deliveries() == []


async def test_a_client_that_goes_away_leaves_nothing(udir):
    context = udir.campus().identity.ssl_context(udir.ca)
    port = int(udir.url.rsplit(":", 1)[1])
    last = await udir.journal.last_id(None)
    _, writer = await asyncio.open_connection("localhost", port, ssl=context)
    writer.write(b"PUT /v1/files/a.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\nH06UDIRSTUD")
    await writer.drain()
    writer.transport.abort()
    (entry, *_) = await udir.journal.wait(None, "transfer.broken", after_id=last, seconds=20)
    assert (entry.detail["bytes"], entry.detail["reason"]) == (11, "the client went away")
    assert list((udir.folder / "incoming" / "https").iterdir()) == []
    assert udir.directory.deliveries() == []


async def test_every_exchange_is_one_journal_entry_and_every_load_another(udir):
    async with campus_client(udir) as client:
        await put(client, students(range(2)))
    assert await kinds(udir, "file.received", "records.loaded", "request.answered") == [
        "location 06 sent udirstud.txt by https: ACCEPTED, LOADED",
        "location 06, load 1 (file): 2 students, 2 added, 0 changed, 0 deleted, 0 carried forward",
        "PUT /v1/files/udirstud.txt: 201",
    ]


async def test_plain_http_is_told_so_and_the_journal_says_it(udir):
    last = await udir.journal.last_id(None)
    async with aiohttp.ClientSession() as client, client.get(udir.url.replace("https", "http")) as answer:
        assert "https://" in await answer.text()
    assert await udir.journal.wait(None, "handshake.failed", after_id=last, seconds=20)


async def test_a_certificate_of_another_authority_fails_in_the_handshake(udir):
    from sevis_sim.pki import CertificateAuthority

    stranger = CertificateAuthority.create().issue_client("UC San Diego 06")
    connector = aiohttp.TCPConnector(ssl=stranger.ssl_context(udir.ca))
    async with aiohttp.ClientSession(udir.url, connector=connector) as client:
        with pytest.raises((aiohttp.ClientError, ssl.SSLError, OSError)):
            await put(client, students(range(2)))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("udirstud.txt", "udirstud.txt"),
        ("../../etc/passwd", "passwd"),
        ("C:\\exports\\day 1.txt", "day_1.txt"),
        (".hidden", "hidden"),
        ("", "udirstud.txt"),
        ("...", "udirstud.txt"),
        ("a\nb\x00.txt", "a_b_.txt"),
        ("x" * 300, "x" * 100),
    ],
)
def test_a_name_is_shown_without_path_and_strange_signs(given, shown):
    assert plain_name(given) == shown


async def test_an_answer_never_has_the_path_of_our_files(udir):
    async with campus_client(udir) as client:
        _, answer = await put(client, file_of(student(1, D11="Q")))
    assert str(udir.folder) not in json.dumps(answer)


async def test_a_server_that_dies_between_archive_and_load_takes_the_same_file_again(tmp_path, monkeypatch):
    content = students(range(3))

    class Died(Exception):
        """Stands for kill -9 at this point."""

    async with running(data_dir=tmp_path) as udir, campus_client(udir) as client:

        async def die(_work):
            raise Died

        monkeypatch.setattr(udir.directory.database, "run", die)
        assert (await put(client, content, Accept="*/*"))[0] == 500
        assert udir.directory.deliveries() == []
    async with running(data_dir=tmp_path) as udir, campus_client(udir) as client:
        assert list((tmp_path / "incoming" / "https").iterdir()) == []
        status, answer = await put(client, content)
        assert (status, answer["delivery"]["again"], answer["delivery"]["load"]["number"]) == (201, False, 1)


async def test_a_full_disk_is_told_to_the_sender_and_leaves_nothing(udir, monkeypatch):
    async def full(_work):
        raise StoreError("cannot write: the disk is full")

    async with campus_client(udir) as client:
        with monkeypatch.context() as patched:
            patched.setattr(udir.directory.database, "run", full)
            status, answer = await put(client, students(range(3)), Accept="*/*")
        assert (status, "send it again later" in answer, str(udir.folder) in answer) == (507, True, False)
        assert list((udir.folder / "incoming" / "https").iterdir()) == []
        assert "could not be kept" in (await kinds(udir, "request.failed"))[0]
        assert (await put(client, students(range(3))))[0] == 201
