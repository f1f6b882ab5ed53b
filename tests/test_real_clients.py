"""Programs that nobody changed for the simulator: each sends a batch, waits for the night and fetches the result.

What is not installed on this machine is skipped with the reason. The simulator itself runs in this process.
"""

import asyncio
import io
import os
import shutil
import subprocess
import sys
import textwrap
import zipfile

import pytest
from support import FILES

from sevis_sim import Simulator

BATCH = "BATCH000000003"


@pytest.fixture
async def school(tmp_path):
    """A simulator with its files in a folder, and the variables that `serve` would write."""
    async with Simulator(clock="2026-03-06T14:00-05:00", data_dir=tmp_path / "data") as sim:
        yield sim, sim.variables(), tmp_path


async def run(*words: object, env: dict[str, str] | None = None) -> bytes:
    """Run a program; return its standard output; its own words where it fails."""
    # What a machine sets for all its programs would speak louder than the client's own words.
    own = {name: text for name, text in os.environ.items() if name not in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")}
    program = await asyncio.create_subprocess_exec(
        *map(str, words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=own | (env or {})
    )
    out, err = await asyncio.wait_for(program.communicate(), 120)
    assert program.returncode == 0, err.decode(errors="replace")[-3000:]
    return out


def needs(*programs: str) -> None:
    for program in programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")


def assert_accepted(answer: bytes) -> None:
    assert b'resultCode="S0000"' in answer, answer[:2000]


def assert_result(package: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names[0] == "sevis_transaction_log.xml"
        assert len(names) == 8
        assert b'resultCode="S0000"' in archive.read(names[0])


async def whole_way(school, upload, download):
    """Upload, let the night pass, download, with functions that return what the client was answered."""
    sim, *_ = school
    assert_accepted(await upload())
    await sim.clock.advance("next-business-day")
    assert_result(await download())
    entries = await sim.journal.query("default", ("upload.answered", "download.answered"))
    assert [entry.detail["code"] for entry in entries] == ["S0000", "S0000"]
    return entries


@pytest.mark.parametrize("identity", ["PEM", "P12"])
@pytest.mark.parametrize("way", ["GET", "POST multipart", "POST urlencoded"])
async def test_curl(school, identity, way):
    needs("curl")
    _, values, folder = school
    cert = {
        "PEM": ["--cert", values["SEVIS_SIM_CLIENT_CERT"], "--key", values["SEVIS_SIM_CLIENT_KEY"]],
        "P12": ["--cert-type", "P12", "--cert", f"{values['SEVIS_SIM_CLIENT_P12']}:changeit"],
    }[identity]
    curl = ["curl", "-sS", "-f", "-L", "--cacert", values["SEVIS_SIM_CA"], *cert]
    fields = {"orgid": values["SEVIS_SIM_ORG_ID"], "batchid": BATCH, "userid": values["SEVIS_SIM_USER_ID"]}
    form = [word for name, text in fields.items() for word in ("-F", f"{name}={text}")]
    query = [word for name, text in fields.items() for word in ("-d", f"{name}={text}")]
    ways = {"GET": ["-G", *query], "POST multipart": form, "POST urlencoded": query}

    async def upload():
        return await run(*curl, *form, "-F", f"xml=@{FILES / 'students.xml'}", values["SEVIS_SIM_UPLOAD_URL"])

    async def download():
        await run(*curl, *ways[way], "-o", folder / "result.zip", values["SEVIS_SIM_DOWNLOAD_URL"])
        return (folder / "result.zip").read_bytes()

    for entry in await whole_way(school, upload, download):
        assert entry.detail["notes"] == []


async def test_python_requests(school):
    pytest.importorskip("requests")
    await program_goes_the_whole_way(
        school,
        "client.py",
        """
        import sys, os, requests
        v = os.environ
        session = requests.Session()
        session.verify, session.cert = v["SEVIS_SIM_CA"], (v["SEVIS_SIM_CLIENT_CERT"], v["SEVIS_SIM_CLIENT_KEY"])
        fields = {"orgid": v["SEVIS_SIM_ORG_ID"], "batchid": v["BATCH"], "userid": v["SEVIS_SIM_USER_ID"]}
        if sys.argv[1] == "upload":
            answer = session.post(v["SEVIS_SIM_UPLOAD_URL"], data=fields, files={"xml": open(v["FILE"], "rb")})
        else:
            answer = session.get(v["SEVIS_SIM_DOWNLOAD_URL"], params=fields)
        answer.raise_for_status()
        sys.stdout.buffer.write(answer.content)
        """,
        [sys.executable],
    )


async def program_goes_the_whole_way(school, name, text, command, **env):
    """Write a client program and run it twice: ``upload``, then ``download``."""
    _, values, folder = school
    (folder / name).write_text(textwrap.dedent(text))
    env = values | {"BATCH": BATCH, "FILE": str(FILES / "students.xml")} | env
    return await whole_way(
        school,
        lambda: run(*command, folder / name, "upload", env=env),
        lambda: run(*command, folder / name, "download", env=env),
    )


async def test_java_httpclient(school):
    needs("java", "javac")
    await program_goes_the_whole_way(
        school,
        "Client.java",
        """
        import java.io.*;
        import java.net.URI;
        import java.net.http.*;
        import java.nio.file.*;
        import java.security.KeyStore;
        import java.security.cert.*;
        import javax.net.ssl.*;

        public class Client {
            public static void main(String[] arguments) throws Exception {
                var v = System.getenv();
                char[] password = v.get("SEVIS_SIM_CLIENT_P12_PASSWORD").toCharArray();
                KeyStore own = KeyStore.getInstance("PKCS12");
                try (var file = new FileInputStream(v.get("SEVIS_SIM_CLIENT_P12"))) { own.load(file, password); }
                KeyStore trusted = KeyStore.getInstance("PKCS12");
                trusted.load(null, null);
                try (var file = new FileInputStream(v.get("SEVIS_SIM_CA"))) {
                    trusted.setCertificateEntry("ca",
                        CertificateFactory.getInstance("X.509").generateCertificate(file));
                }
                var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                keys.init(own, password);
                var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                trust.init(trusted);
                SSLContext tls = SSLContext.getInstance("TLS");
                tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
                HttpClient client = HttpClient.newBuilder().sslContext(tls).build();
                String org = v.get("SEVIS_SIM_ORG_ID"), user = v.get("SEVIS_SIM_USER_ID"), batch = v.get("BATCH");
                HttpRequest request;
                if (arguments[0].equals("upload")) {
                    var body = new ByteArrayOutputStream();
                    String[][] fields = {{"orgid", org}, {"batchid", batch}, {"userid", user}};
                    for (String[] field : fields)
                        body.write(("--javaBoundary\\r\\nContent-Disposition: form-data; name=\\"" + field[0]
                            + "\\"\\r\\n\\r\\n" + field[1] + "\\r\\n").getBytes());
                    body.write(("--javaBoundary\\r\\nContent-Disposition: form-data; name=\\"xml\\"; "
                        + "filename=\\"batch.xml\\"\\r\\nContent-Type: text/xml\\r\\n\\r\\n").getBytes());
                    body.write(Files.readAllBytes(Path.of(v.get("FILE"))));
                    body.write("\\r\\n--javaBoundary--\\r\\n".getBytes());
                    request = HttpRequest.newBuilder(URI.create(v.get("SEVIS_SIM_UPLOAD_URL")))
                        .header("Content-Type", "multipart/form-data; boundary=javaBoundary")
                        .expectContinue(true)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray())).build();
                } else {
                    request = HttpRequest.newBuilder(URI.create(v.get("SEVIS_SIM_DOWNLOAD_URL")
                        + "?orgid=" + org + "&batchid=" + batch + "&userid=" + user)).build();
                }
                var answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
                if (answer.statusCode() != 200) throw new IOException("status " + answer.statusCode());
                System.out.write(answer.body());
                System.out.flush();
            }
        }
        """,
        ["java"],
    )


NODE_START = """
const https = require('https'), fs = require('fs'), v = process.env;
const tls = {ca: fs.readFileSync(v.SEVIS_SIM_CA), pfx: fs.readFileSync(v.SEVIS_SIM_CLIENT_P12),
             passphrase: v.SEVIS_SIM_CLIENT_P12_PASSWORD};
const fields = {orgid: v.SEVIS_SIM_ORG_ID, batchid: v.BATCH, userid: v.SEVIS_SIM_USER_ID};
const query = new URLSearchParams(fields).toString();
const fail = error => { console.error(error); process.exit(1); };
"""


async def node_goes_the_whole_way(school, text, *packages):
    needs("node")
    root = (await run("npm", "root", "-g")).decode().strip() if shutil.which("npm") else ""
    for package in packages:
        if not os.path.isdir(os.path.join(root, package)):
            pytest.skip(f"the npm package {package} is not installed: npm install -g {package}")
    await program_goes_the_whole_way(school, "client.js", NODE_START + text, ["node"], NODE_PATH=root)


async def test_node_https(school):
    await node_goes_the_whole_way(
        school,
        """
        const boundary = '----node' + Date.now();
        const parts = Object.entries(fields).map(([name, text]) =>
          `--${boundary}\\r\\nContent-Disposition: form-data; name="${name}"\\r\\n\\r\\n${text}\\r\\n`).join('');
        const up = process.argv[2] == 'upload';
        const url = up ? v.SEVIS_SIM_UPLOAD_URL : v.SEVIS_SIM_DOWNLOAD_URL + '?' + query;
        const headers = up ? {'Content-Type': `multipart/form-data; boundary=${boundary}`} : {};
        const request = https.request(url, {...tls, method: up ? 'POST' : 'GET', headers}, answer => {
          if (answer.statusCode != 200) fail(answer.statusCode);
          answer.pipe(process.stdout);
        }).on('error', fail);
        if (up) {
          request.write(parts);  // in pieces: chunked
          request.write(`--${boundary}\\r\\nContent-Disposition: form-data; name="xml"; filename="b.xml"\\r\\n\\r\\n`);
          request.write(fs.readFileSync(v.FILE));
          request.write(`\\r\\n--${boundary}--\\r\\n`);
        }
        request.end();
        """,
    )


async def test_node_axios_with_form_data(school):
    await node_goes_the_whole_way(
        school,
        """
        const axios = require('axios'), FormData = require('form-data');
        const httpsAgent = new https.Agent(tls), options = {httpsAgent, responseType: 'arraybuffer'};
        const form = new FormData();
        for (const [name, text] of Object.entries(fields)) form.append(name, text);
        form.append('xml', fs.createReadStream(v.FILE));
        const asked = process.argv[2] == 'upload'
          ? axios.post(v.SEVIS_SIM_UPLOAD_URL, form, {...options, headers: form.getHeaders()})
          : axios.get(v.SEVIS_SIM_DOWNLOAD_URL, {...options, params: fields});
        asked.then(answer => process.stdout.write(answer.data)).catch(fail);
        """,
        "axios",
        "form-data",
    )


async def test_node_undici_fetch(school):
    await node_goes_the_whole_way(
        school,
        """
        const {fetch, FormData, Agent} = require('undici');
        const dispatcher = new Agent({connect: tls});
        (async () => {
          const form = new FormData();
          for (const [name, text] of Object.entries(fields)) form.append(name, text);
          form.append('xml', new Blob([fs.readFileSync(v.FILE)], {type: 'application/xml'}), 'batch.xml');
          const answer = process.argv[2] == 'upload'
            ? await fetch(v.SEVIS_SIM_UPLOAD_URL, {method: 'POST', body: form, dispatcher})
            : await fetch(v.SEVIS_SIM_DOWNLOAD_URL + '?' + query, {dispatcher});
          if (!answer.ok) fail(answer.status);
          process.stdout.write(Buffer.from(await answer.arrayBuffer()));
        })().catch(fail);
        """,
        "undici",
    )


async def test_ruby_rest_client(school):
    needs("ruby")
    if subprocess.run(["ruby", "-e", "require 'rest-client'"], capture_output=True).returncode != 0:
        pytest.skip("the gem rest-client is not installed: apt-get install ruby-rest-client")
    await program_goes_the_whole_way(
        school,
        "client.rb",
        """
        require 'rest-client'
        v = ENV
        options = {
          ssl_client_cert: OpenSSL::X509::Certificate.new(File.read(v['SEVIS_SIM_CLIENT_CERT'])),
          ssl_client_key: OpenSSL::PKey.read(File.read(v['SEVIS_SIM_CLIENT_KEY'])),
          ssl_ca_file: v['SEVIS_SIM_CA'], verify_ssl: OpenSSL::SSL::VERIFY_PEER,
        }
        fields = {orgid: v['SEVIS_SIM_ORG_ID'], batchid: v['BATCH'], userid: v['SEVIS_SIM_USER_ID']}
        answer =
          if ARGV[0] == 'upload'
            RestClient::Resource.new(v['SEVIS_SIM_UPLOAD_URL'], **options)
              .post({xml: File.new(v['FILE'], 'rb')}.merge(fields))
          else
            RestClient::Resource.new(v['SEVIS_SIM_DOWNLOAD_URL'], **options).get(params: fields)
          end
        $stdout.binmode.write(answer.body)
        """,
        ["ruby"],
    )


async def test_wget_downloads_the_result(school):
    needs("wget")
    sim, values, folder = school
    from support import sample, upload

    assert (await upload(sim, sample("students.xml"))).code == "S0000"
    await sim.clock.advance("next-business-day")
    query = f"orgid={values['SEVIS_SIM_ORG_ID']}&batchid={BATCH}&userid={values['SEVIS_SIM_USER_ID']}"
    await run(
        "wget", "-q", "-O", folder / "result.zip",
        f"--ca-certificate={values['SEVIS_SIM_CA']}", f"--certificate={values['SEVIS_SIM_CLIENT_CERT']}",
        f"--private-key={values['SEVIS_SIM_CLIENT_KEY']}", f"{values['SEVIS_SIM_DOWNLOAD_URL']}?{query}",
    )  # fmt: skip
    assert_result((folder / "result.zip").read_bytes())
