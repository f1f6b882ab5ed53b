"""Settings of a client from the environment, and the URLs of the three systems."""

from pathlib import Path

import pytest

from sevis_sim.client import ClientError, ClientSettings, SevisClient, from_environment

ENVIRONMENT = {
    "SEVIS_SIM_UPLOAD_URL": "https://127.0.0.1:8443/sevisbatch/action/batchUpload",
    "SEVIS_SIM_DOWNLOAD_URL": "https://127.0.0.1:8443/sevisbatch/action/batchDownload",
    "SEVIS_SIM_CA": "/data/ca.pem",
    "SEVIS_SIM_CLIENT_CERT": "/data/client.pem",
    "SEVIS_SIM_CLIENT_KEY": "/data/client.key",
    "SEVIS_SIM_ORG_ID": "ABC214F00012000",
    "SEVIS_SIM_USER_ID": "pdso000001",
}


def test_every_variable_is_read() -> None:
    assert from_environment(ENVIRONMENT) == ClientSettings(
        upload_url="https://127.0.0.1:8443/sevisbatch/action/batchUpload",
        download_url="https://127.0.0.1:8443/sevisbatch/action/batchDownload",
        ca=Path("/data/ca.pem"),
        cert=Path("/data/client.pem"),
        key=Path("/data/client.key"),
        org_id="ABC214F00012000",
        user_id="pdso000001",
    )


def test_what_is_not_set_or_blank_is_none() -> None:
    assert from_environment({"SEVIS_SIM_CA": "", "SEVIS_SIM_ORG_ID": ""}) == ClientSettings()


def test_what_is_given_goes_before_the_environment() -> None:
    given = from_environment(ENVIRONMENT, cert=Path("a.pem"), key=Path("a.key"), ca=Path("b.pem"))
    assert (given.cert, given.key, given.ca) == (Path("a.pem"), Path("a.key"), Path("b.pem"))


def test_the_environment_s_key_is_not_paired_with_a_certificate_that_was_given() -> None:
    assert from_environment(ENVIRONMENT, cert=Path("both.pem")).key is None


@pytest.mark.parametrize(
    ("system", "path"),
    [("production", "sevisbatch"), ("beta", "sbtsevisbatch"), ("alpha", "alphasevisbatch")],
)
@pytest.mark.parametrize("before", ["sevisbatch", "sbtsevisbatch", "alphasevisbatch"])
def test_a_system_is_another_first_segment_of_the_path(system: str, path: str, before: str) -> None:
    environment = {
        name: text.replace("/sevisbatch/", f"/{before}/") if "URL" in name else text
        for name, text in ENVIRONMENT.items()
    }
    found = from_environment(environment, system=system)
    assert found.upload_url == f"https://127.0.0.1:8443/{path}/action/batchUpload"
    assert found.download_url == f"https://127.0.0.1:8443/{path}/action/batchDownload"


def test_an_unknown_system_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(ClientError, match="'gamma'; there are production, beta, alpha"):
        from_environment(ENVIRONMENT, system="gamma")


def test_a_url_of_no_known_path_cannot_be_turned_to_another_system() -> None:
    with pytest.raises(ClientError, match="its path begins with none of"):
        from_environment(ENVIRONMENT | {"SEVIS_SIM_UPLOAD_URL": "https://h/other/batchUpload"}, system="beta")


@pytest.mark.parametrize("missing", ["SEVIS_SIM_UPLOAD_URL", "SEVIS_SIM_DOWNLOAD_URL"])
def test_a_client_needs_both_addresses(missing: str) -> None:
    environment = {name: text for name, text in ENVIRONMENT.items() if name != missing}
    with pytest.raises(ClientError, match=f"{missing} is not set: source the sevis-sim.env"):
        SevisClient.from_settings(from_environment(environment))
