"""Every earlier version of a record can be shown, those that one batch made after each other too."""

import aiohttp
from support import sample, upload

UPDATES = """<?xml version="1.0" encoding="UTF-8"?>
<SEVISBatchCreateUpdateStudent userID="pdso000001">
  <BatchHeader><BatchID>BATCH-VERSIONS</BatchID><OrgID>ABC214F00012000</OrgID></BatchHeader>
  <UpdateStudent>
    <Student sevisID="{0}" requestID="U-1" userID="pdso000001">
      <PersonalInfo printForm="false"><FullName><LastName>Married</LastName></FullName></PersonalInfo>
    </Student>
    <Student sevisID="{0}" requestID="U-2" userID="pdso000001">
      <Status><Cancel><Reason>06</Reason></Cancel></Status>
    </Student>
    <Student sevisID="{0}" requestID="U-3" userID="pdso000001">
      <Status><Cancel><Reason>06</Reason></Cancel></Status>
    </Student>
  </UpdateStudent>
</SEVISBatchCreateUpdateStudent>
"""


async def versions(sim, sevis_id, query=""):
    url = f"{sim.control_url}/api/v1/records/{sevis_id}/versions{query}"
    async with aiohttp.ClientSession() as session, session.get(url) as reply:
        return reply.status, await reply.json(content_type=None)


async def created(sim):
    await upload(sim, sample("students.xml"))
    await sim.clock.advance("next-business-day 06:00")
    found = await sim.store.read(lambda tx: tx.records.list("default", "production"))
    [record] = [each.record for each in found if each.record.history[0].request_id == "STU-001"]
    return record.sevis_id


async def test_each_change_of_a_batch_is_a_version(sim):
    sevis_id = await created(sim)
    reply = await upload(sim, UPDATES.format(sevis_id).encode())
    assert reply.code == "S0000"
    await sim.clock.advance("next-business-day 06:00")
    status, found = await versions(sim, sevis_id)
    assert status == 200
    assert [each["version"] for each in found] == [1, 2, 3]
    assert [each["batch_id"] for each in found] == ["BATCH000000003", "BATCH-VERSIONS", "BATCH-VERSIONS"]
    assert [each["status"] for each in found] == ["INITIAL", "INITIAL", "CANCELED"]
    names = [each["data"]["PersonalInfo"]["FullName"]["LastName"] for each in found]
    assert names == ["Exemplo", "Married", "Married"]
    assert [event["event"] for event in found[-1]["history"]] == ["CreateStudent", "PersonalInfo", "Status/Cancel"]
    assert [len(each["history"]) for each in found] == [1, 2, 3]


ADDRESS = """<PersonalInfo printForm="false"><USAddress><Address1>Memorial Hall</Address1><City>Springfield</City>
<State>IL</State><PostalCode>62701</PostalCode><ExplanationCode>OB</ExplanationCode></USAddress></PersonalInfo>"""


async def test_a_version_says_what_the_address_engine_made_of_its_addresses(sim):
    sevis_id = await created(sim)
    batch = UPDATES.format(sevis_id).replace("<Status><Cancel><Reason>06</Reason></Cancel></Status>", ADDRESS, 1)
    assert (await upload(sim, batch.encode())).code == "S0000"
    await sim.clock.advance("next-business-day 06:00")
    _, found = await versions(sim, sevis_id)
    [address] = found[-1]["addresses"]
    assert (address["path"], address["result"]) == ("USAddress", "S0000")
    assert address["message"] == "Override with valid CSZ"
    assert address["corrected"]["Address1"] == "MEMORIAL HALL"
    assert found[0]["addresses"] == []


async def test_nobodys_versions_are_not_found(sim):
    sevis_id = await created(sim)
    assert (await versions(sim, "N9900000000"))[0] == 404
    status, problem = await versions(sim, sevis_id, "?system=beta")
    assert (status, problem["field"]) == (404, "sevis_id")
    assert "beta" in problem["detail"]
