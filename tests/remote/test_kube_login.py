"""All the ways in which a kubeconfig says who we are, against a server that tells who came."""

import base64
import json
import stat
import textwrap
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.remote.kube_pki import Authority
from tests.remote.kube_server import KubeEcho, kubeconfig, server_context
from tui.core.kube_settings import KubeSettings
from tui.remote import kube_config, kube_login
from tui.remote.errors import Denied
from tui.remote.kube import KubeClient


@pytest.fixture
async def server() -> AsyncIterator[KubeEcho]:
    one = await KubeEcho().start()
    yield one
    await one.stop()


async def header(server: KubeEcho, settings: KubeSettings) -> str:
    """The Authorization header that comes of some settings."""
    client = await KubeClient.open(settings)
    try:
        answer = await client.request("GET", "/version")
        assert answer.status == 200
    finally:
        await client.close()
    return server.requests[-1][2].get("Authorization", "")


def script(path: Path, text: str) -> str:
    """A program of a few lines of Python."""
    path.write_text("#!/usr/bin/env python3\n" + textwrap.dedent(text))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def plugin(command: str, **more: object) -> dict[str, object]:
    return {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": command, **more}}


PRINT = """
    import json, os, sys
    n = int(open("{0}").read() or 0) if os.path.exists("{0}") else 0
    open("{0}", "w").write(str(n + 1))
    info = json.loads(os.environ["KUBERNETES_EXEC_INFO"])
    assert info["spec"]["interactive"] is False, info
    assert sys.stdin.read() == ""
    token = f"token-{{n}}-" + os.environ.get("MORE", "") + "".join(sys.argv[1:])
    status = {{"token": token, **{1}}}
    print(json.dumps({{"apiVersion": info["apiVersion"], "kind": "ExecCredential", "status": status}}))
"""


async def test_a_token(server: KubeEcho, tmp_path: Path) -> None:
    assert await header(server, kubeconfig(tmp_path / "k", server.base, {"token": "abc"})) == "Bearer abc"


async def test_a_user_without_anything(server: KubeEcho, tmp_path: Path) -> None:
    assert await header(server, kubeconfig(tmp_path / "k", server.base)) == ""


async def test_acting_as_somebody_else(server: KubeEcho, tmp_path: Path) -> None:
    user = {"token": "abc", "as": "jane", "as-groups": ["dev"], "as-user-extra": {"Scopes": ["view"]}}
    assert await header(server, kubeconfig(tmp_path / "k", server.base, user)) == "Bearer abc"
    headers = server.requests[-1][2]
    assert (headers["Impersonate-User"], headers["Impersonate-Group"]) == ("jane", "dev")
    assert headers["Impersonate-Extra-scopes"] == "view"


async def test_name_and_password(server: KubeEcho, tmp_path: Path) -> None:
    settings = kubeconfig(tmp_path / "k", server.base, {"username": "u", "password": "p"})
    assert await header(server, settings) == "Basic " + base64.b64encode(b"u:p").decode()


async def test_a_token_file_beside_the_kubeconfig_ends_with_a_newline(server: KubeEcho, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-file\n")
    settings = kubeconfig(tmp_path / "k", server.base, {"tokenFile": "token", "token": "other"})
    assert await header(server, settings) == "Bearer from-file"


async def test_a_token_file_that_is_renewed(server: KubeEcho, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text("one")
    client = await KubeClient.open(kubeconfig(tmp_path / "k", server.base, {"tokenFile": "token"}))
    await client.request("GET", "/a")
    (tmp_path / "token").write_text("two")
    await client.request("GET", "/b")
    monkeypatch.setattr(kube_login, "TOKEN_SECONDS", 0.0)
    await client.request("GET", "/c")
    await client.close()
    assert [one[2]["Authorization"] for one in server.requests] == ["Bearer one", "Bearer one", "Bearer two"]


async def test_a_plugin_is_run_once_and_gets_its_arguments(server: KubeEcho, tmp_path: Path) -> None:
    count = tmp_path / "count"
    command = script(tmp_path / "login", PRINT.format(count, {"expirationTimestamp": "2999-01-01T00:00:00Z"}))
    user = plugin(Path(command).name, args=["x", "y"], env=[{"name": "MORE", "value": "e"}])
    user["exec"]["command"] = f"./{Path(command).name}"  # type: ignore[index]
    client = await KubeClient.open(kubeconfig(tmp_path / "k", server.base, user))
    for _ in range(3):
        await client.request("GET", "/version")
    await client.close()
    assert {one[2]["Authorization"] for one in server.requests} == {"Bearer token-0-exy"}
    assert count.read_text() == "1"


async def test_a_plugin_whose_token_ends_is_run_again(server: KubeEcho, tmp_path: Path) -> None:
    command = script(tmp_path / "login", PRINT.format(tmp_path / "n", {"expirationTimestamp": "2020-01-01T00:00:00Z"}))
    client = await KubeClient.open(kubeconfig(tmp_path / "k", server.base, plugin(command)))
    await client.request("GET", "/a")
    await client.request("GET", "/b")
    await client.close()
    assert [one[2]["Authorization"] for one in server.requests] == ["Bearer token-0-", "Bearer token-1-"]


async def test_a_refused_token_is_got_anew_once(server: KubeEcho, tmp_path: Path) -> None:
    command = script(tmp_path / "login", PRINT.format(tmp_path / "n", {}))
    client = await KubeClient.open(kubeconfig(tmp_path / "k", server.base, plugin(command)))
    server.accepted = {"Bearer token-1-"}
    assert (await client.request("GET", "/a")).status == 200
    server.accepted = set()
    assert (await client.request("GET", "/b")).status == 401
    await client.close()
    assert len(server.requests) == 4


async def test_a_kubeconfig_that_was_changed_is_read_again_when_refused(server: KubeEcho, tmp_path: Path) -> None:
    client = await KubeClient.open(kubeconfig(tmp_path / "k", server.base, {"token": "old"}))
    server.accepted = {"Bearer new"}
    kubeconfig(tmp_path / "k", server.base, {"token": "new"})
    assert (await client.request("GET", "/a")).status == 200
    await client.close()


@pytest.mark.parametrize(
    ("text", "words", "remedy"),
    [
        ("import sys; sys.exit('please run: cloud login')", "exit code 1: please run: cloud login", "Log in again"),
        ("print('token-that-is-secret')", "no ExecCredential", "shell"),
        ('print(\'{"apiVersion":"v0","status":{"token":"token-that-is-secret"}}\')', "it speaks v0", "shell"),
        ('print(\'{"apiVersion":"client.authentication.k8s.io/v1","status":{}}\')', "neither a token", "shell"),
        ('print(\'{"status":{"token":"token-that-is-secret","expirationTimestamp":"x"}}\')', "no Exec", "shell"),
    ],
)
async def test_a_plugin_that_fails(server: KubeEcho, tmp_path: Path, text: str, words: str, remedy: str) -> None:
    client = await KubeClient.open(kubeconfig(tmp_path / "k", server.base, plugin(script(tmp_path / "login", text))))
    with pytest.raises(Denied) as caught:
        await client.request("GET", "/a")
    await client.close()
    assert words in caught.value.reason
    assert "login, which gets the credentials of user admin" in caught.value.reason
    assert remedy in caught.value.remedy
    assert "token-that-is-secret" not in repr(caught.value) + str(caught.value) + caught.value.remedy
    assert not server.requests


async def test_a_plugin_that_is_not_installed(server: KubeEcho, tmp_path: Path) -> None:
    user = plugin("no-such-login", installHint="Get it from your cloud.")
    client = await KubeClient.open(kubeconfig(tmp_path / "k", server.base, user))
    with pytest.raises(Denied, match="no such program") as caught:
        await client.request("GET", "/a")
    await client.close()
    assert caught.value.remedy == "Get it from your cloud."


async def test_a_plugin_hears_of_the_cluster_when_it_wants_to(server: KubeEcho, tmp_path: Path) -> None:
    told = tmp_path / "told"
    text = f"""
        import os
        open("{told}", "w").write(os.environ["KUBERNETES_EXEC_INFO"])
    """
    user = plugin(script(tmp_path / "login", text), provideClusterInfo=True)
    client = await KubeClient.open(kubeconfig(tmp_path / "k", server.base, user))
    with pytest.raises(Denied):
        await client.request("GET", "/a")
    await client.close()
    assert json.loads(told.read_text())["spec"]["cluster"] == {"server": server.base}


async def test_an_old_auth_provider(server: KubeEcho, tmp_path: Path) -> None:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": 4102444800}).encode()).decode().rstrip("=")
    provider = {"name": "oidc", "config": {"id-token": f"e30.{claims}.x", "client-id": "c"}}
    settings = kubeconfig(tmp_path / "k", server.base, {"auth-provider": provider})
    assert await header(server, settings) == f"Bearer e30.{claims}.x"
    del provider["config"]["id-token"]  # type: ignore[attr-defined]
    client = await KubeClient.open(kubeconfig(tmp_path / "k", server.base, {"auth-provider": provider}))
    with pytest.raises(Denied, match="auth-provider oidc of user admin gave no token"):
        await client.request("GET", "/a")
    await client.close()


async def test_in_a_pod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority()
    server = await KubeEcho().start(server_context(authority, folder=tmp_path))
    account = tmp_path / "serviceaccount"
    account.mkdir()
    (account / "token").write_text("pod-token\n")
    (account / "namespace").write_text("storage")
    (account / "ca.crt").write_bytes(authority.certificate)
    monkeypatch.setattr(kube_config, "SERVICE_ACCOUNT", account)
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", server.base.rpartition(":")[2])
    assert kube_config.is_configured(KubeSettings())
    assert await header(server, KubeSettings()) == "Bearer pod-token"
    client = await KubeClient.open()
    assert (client.context, client.namespace, client.server) == ("in-cluster", "storage", server.base)
    await client.close()
    await server.stop()


async def test_a_certificate_as_data_and_as_files(tmp_path: Path) -> None:
    authority = Authority()
    server = await KubeEcho().start(server_context(authority, folder=tmp_path))
    certificate, key = authority.issue("alice")
    (tmp_path / "alice.crt").write_bytes(certificate)
    (tmp_path / "alice.key").write_bytes(key)
    (tmp_path / "ca.crt").write_bytes(authority.certificate)
    data = {"client-certificate-data": certificate, "client-key-data": key}
    encoded = {name: base64.b64encode(value).decode() for name, value in data.items()}
    for user in (encoded, {"client-certificate": "alice.crt", "client-key": str(tmp_path / "alice.key")}):
        await header(server, kubeconfig(tmp_path / "k", server.base, user, {"certificate-authority": "ca.crt"}))
    assert server.users == ["alice", "alice"]
    await server.stop()


async def test_a_certificate_of_a_plugin(tmp_path: Path) -> None:
    authority = Authority()
    server = await KubeEcho().start(server_context(authority, folder=tmp_path))
    certificate, key = authority.issue("plugged")
    given = {"clientCertificateData": certificate.decode(), "clientKeyData": key.decode()}
    command = script(tmp_path / "login", PRINT.format(tmp_path / "n", given))
    ca = {"certificate-authority-data": base64.b64encode(authority.certificate).decode()}
    await header(server, kubeconfig(tmp_path / "k", server.base, plugin(command), ca))
    assert server.users == ["plugged"]
    await server.stop()
