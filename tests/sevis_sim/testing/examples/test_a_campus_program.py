"""A program that sends UDIRSTUD files to the University Directory."""

import ssl
import urllib.request

import pytest

pytest.importorskip("numpy", reason="checking UDIRSTUD files needs the extra udir")


def put(udir, campus, name, content):
    context = campus.identity.ssl_context(udir.ca)
    request = urllib.request.Request(f"{udir.files_url}/{name}", data=content, method="PUT")
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))
    return opener.open(request)


def test_a_file_that_is_no_udirstud_file_is_refused(udir):
    with pytest.raises(urllib.error.HTTPError) as refusal:
        put(udir, udir.campus("06"), "udirstud.txt", b"nothing of the kind\n")
    assert 400 <= refusal.value.code < 500
    refusal.value.close()
    assert udir.entries()


def test_a_client_program_finds_everything_in_the_variables(udir):
    variables = udir.env("06")
    context = ssl.create_default_context(cafile=variables["UDIR_SIM_CA"])
    context.load_cert_chain(variables["UDIR_SIM_CLIENT_CERT"], variables["UDIR_SIM_CLIENT_KEY"])
    assert variables["UDIR_SIM_FILES_URL"] == udir.files_url
