"""What can be wrong with a kubeconfig, a certificate or the way to the server, and what is said of it."""

import base64
import os
import socket
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.remote.kube_pki import Authority
from tests.remote.kube_server import KubeEcho, kubeconfig, server_context
from tui.core.kube_settings import KubeSettings
from tui.remote.errors import CommandTimeout, ConnectionLost, Denied, RemoteError, Unreachable
from tui.remote.kube import KubeClient, KubeRefused, is_configured


@pytest.fixture
async def server() -> AsyncIterator[KubeEcho]:
    one = await KubeEcho().start()
    yield one
    await one.stop()


async def refused(settings: KubeSettings) -> RemoteError:
    """What comes of a request."""
    client = KubeClient(settings)
    try:
        with pytest.raises(RemoteError) as caught:
            await client.request("GET", "/version", timeout=5)
    finally:
        await client.close()
    assert caught.value.node == "kubernetes"
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: [", "it is not YAML (line 1, column 5)"),
        ("- just a list", "it is no kubeconfig"),
        ("", "it is no kubeconfig"),
        ("{clusters: [], contexts: [], users: []}", "names no current context"),
        ("{current-context: a, contexts: [{name: b, context: {}}, {name: c}]}", "no context 'a' (there are: b, c)"),
        ("{current-context: a, contexts: [{name: a, context: {cluster: x}}]}",
         "there is no cluster 'x', which context a names (there are: none)"),
        ("{current-context: a, contexts: [{name: a, context: {cluster: x, user: me}}],"
         " clusters: [{name: x, cluster: {server: 'https://h'}}]}", "there is no user 'me'"),
        ("{current-context: a, contexts: [{name: a, context: {cluster: x}}], clusters: [{name: x, cluster: {}}]}",
         "has no server address"),
        ("{current-context: a, contexts: [{name: a, context: {cluster: x}}],"
         " clusters: [{name: x, cluster: {server: 'https://h:99999999'}}]}", "has no server address"),
    ],
)  # fmt: skip
async def test_a_kubeconfig_that_is_wrong(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "config"
    path.write_text(text)
    problem = await refused(KubeSettings(str(path)))
    assert isinstance(problem, Denied)
    assert words in problem.reason
    assert str(path) in problem.reason


async def test_no_kubeconfig_at_all(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    assert not is_configured(KubeSettings())
    problem = await refused(KubeSettings())
    assert "no kubeconfig was found" in problem.reason
    assert str(home / ".kube" / "config") in problem.reason
    assert is_configured(KubeSettings("/no/such/file"))
    problem = await refused(KubeSettings("/no/such/file"))
    assert "/no/such/file (kubeconfig) can't be read: No such file" in problem.reason


async def test_several_files_are_merged(server: KubeEcho, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kubeconfig(tmp_path / "one", "http://127.0.0.1:1", {"token": "first"})
    (tmp_path / "two").write_text(
        "{current-context: two, contexts: [{name: two, context: {cluster: b, user: admin}}],"
        f" clusters: [{{name: b, cluster: {{server: '{server.base}'}}}}],"
        " users: [{name: admin, user: {token: x}}]}"
    )
    paths = [str(tmp_path / name) for name in ("missing", "one", "two")]
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join(paths))
    client = await KubeClient.open()
    assert (client.context, client.server, client.namespace) == ("lab", "http://127.0.0.1:1", "team")
    await client.close()
    client = await KubeClient.open(KubeSettings(context="two", namespace="mine"))
    assert (client.context, client.server, client.namespace) == ("two", server.base, "mine")
    assert client.user == "admin"
    await client.request("GET", "/version")
    assert server.requests[-1][2]["Authorization"] == "Bearer first", "the first file that names a user wins"
    await client.close()


@pytest.mark.parametrize(
    ("user", "words"),
    [
        ({"tokenFile": "nowhere"}, "nowhere (tokenFile of"),
        ({"client-certificate-data": "QUJD", "client-key-data": "QUJD"}, "not a usable PEM"),
        ({"client-certificate-data": "QUJD"}, "has no client-key"),
        ({"exec": {"command": ""}}, "has no command or apiVersion"),
        ({"exec": {"command": "x", "apiVersion": "v1", "interactiveMode": "Always"}}, "always asks at a terminal"),
    ],
)
async def test_credentials_that_cannot_be_had(tmp_path: Path, user: dict[str, object], words: str) -> None:
    problem = await refused(kubeconfig(tmp_path / "k", "https://127.0.0.1:1", user))
    assert isinstance(problem, Denied)
    assert words in problem.reason


async def test_nobody_listens(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = f"http://127.0.0.1:{free.getsockname()[1]}"
        problem = await refused(kubeconfig(tmp_path / "k", server))
    assert type(problem) is Unreachable
    assert f"{server} can't be reached: " in problem.reason


async def test_a_name_that_does_not_resolve(tmp_path: Path) -> None:
    problem = await refused(kubeconfig(tmp_path / "k", "https://no-such-host.invalid:6443"))
    assert type(problem) is Unreachable
    assert "the name no-such-host.invalid does not resolve" in problem.reason


async def test_no_answer_in_time(server: KubeEcho, tmp_path: Path) -> None:
    server.delay = 5
    client = await KubeClient.open(kubeconfig(tmp_path / "k", server.base))
    with pytest.raises(CommandTimeout, match=r"did not answer within 0\.05 s"):
        await client.request("POST", "/x", body="{}", timeout=0.05)
    await client.close()


async def test_a_connection_that_breaks(server: KubeEcho, tmp_path: Path) -> None:
    server.cut = True
    client = await KubeClient.open(kubeconfig(tmp_path / "k", server.base))
    with pytest.raises(ConnectionLost, match="broke"):
        await client.request("POST", "/x", body="{}")
    await client.close()
    assert len(server.requests) == 1, "what may have taken effect is not sent again"


async def test_json_that_is_none(server: KubeEcho, tmp_path: Path) -> None:
    from aiohttp import web

    client = await KubeClient.open(kubeconfig(tmp_path / "k", server.base))
    server.answers = [web.Response(text="<html>"), web.Response(status=403, text='{"message":"no right"}')]
    with pytest.raises(ConnectionLost, match="not JSON"):
        await client.get_json("/version")
    with pytest.raises(KubeRefused, match="no right") as caught:
        await client.get_json("/api/v1/nodes?limit=1")
    await client.close()
    assert caught.value.answer.status == 403
    assert "limit" not in caught.value.reason


async def test_a_closed_client_refuses(server: KubeEcho, tmp_path: Path) -> None:
    client = await KubeClient.open(kubeconfig(tmp_path / "k", server.base))
    await client.close()
    with pytest.raises(Denied, match="closed"):
        await client.request("GET", "/")


class Tls:
    """A TLS server and settings for it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.authority = folder, Authority()
        self.ca = {"certificate-authority-data": base64.b64encode(self.authority.certificate).decode()}

    async def problem(
        self, *, days: int = 5, address: str = "127.0.0.1", user: dict[str, str] | None = None, ca: bytes = b"",
        demand: bool = False,
    ) -> RemoteError:  # fmt: skip
        """What comes of a request to a server with such a certificate."""
        context = server_context(self.authority, days=days, address=address, folder=self.folder)
        if demand:
            # newer ones hang up after the handshake
            context.verify_mode, context.maximum_version = ssl.CERT_REQUIRED, ssl.TLSVersion.TLSv1_2
        server = await KubeEcho().start(context)
        cluster = {"certificate-authority-data": base64.b64encode(ca).decode()} if ca else self.ca
        try:
            return await refused(kubeconfig(self.folder / "k", server.base, user, cluster))
        finally:
            await server.stop()

    async def works(self, name: str, value: object) -> None:
        """A request to a server whose certificate has another name succeeds with this in the kubeconfig."""
        context = server_context(self.authority, address="kubernetes.default", folder=self.folder)
        server = await KubeEcho().start(context)
        client = await KubeClient.open(kubeconfig(self.folder / "k", server.base, None, {**self.ca, name: value}))
        assert (await client.request("GET", "/version")).is_ok
        await client.close()
        await server.stop()


@pytest.fixture
def tls(tmp_path: Path) -> Tls:
    return Tls(tmp_path)


async def test_a_server_certificate_that_ended(tls: Tls) -> None:
    problem = await tls.problem(days=-1)
    assert isinstance(problem, Denied)
    assert "has expired" in problem.reason


async def test_a_server_certificate_for_another_name(tls: Tls) -> None:
    problem = await tls.problem(address="10.0.0.1")
    assert "is not for this name or address" in problem.reason
    assert "tls-server-name" in problem.remedy


async def test_a_server_of_another_authority(tls: Tls) -> None:
    problem = await tls.problem(ca=Authority().certificate)
    assert "not signed by the authority" in problem.reason


async def test_an_authority_that_is_none(tls: Tls) -> None:
    problem = await tls.problem(ca=b"ABC")
    assert "certificate-authority of context lab is not a usable PEM" in problem.reason


async def test_our_certificate_ended(tls: Tls) -> None:
    certificate, key = tls.authority.issue("alice", days=-2)
    user = {"client-certificate-data": certificate, "client-key-data": key}
    problem = await tls.problem(user={name: base64.b64encode(value).decode() for name, value in user.items()})
    assert "our client certificate for https://127.0.0.1:" in problem.reason
    assert "expired on 20" in problem.reason


async def test_our_certificate_ended_and_the_server_answers(tls: Tls, tmp_path: Path) -> None:
    certificate, key = tls.authority.issue("alice", days=-2)
    user = {"client-certificate-data": certificate, "client-key-data": key}
    server = await KubeEcho().start()
    server.accepted = {"Bearer somebody else"}
    encoded = {name: base64.b64encode(value).decode() for name, value in user.items()}
    problem = await refused(kubeconfig(tmp_path / "k", server.base, encoded))
    await server.stop()
    assert "our client certificate" in problem.reason
    assert len(server.requests) == 2


async def test_a_server_that_demands_a_certificate(tls: Tls) -> None:
    problem = await tls.problem(demand=True)
    assert "hung up while the connection was made" in problem.reason
    assert "client certificate" in problem.remedy


async def test_plain_text_where_tls_is_expected(server: KubeEcho, tmp_path: Path) -> None:
    problem = await refused(kubeconfig(tmp_path / "k", server.base.replace("http", "https")))
    assert "does not speak TLS" in problem.reason


async def test_another_name_and_no_check_at_all(tls: Tls) -> None:
    await tls.works("tls-server-name", "kubernetes.default")
    await tls.works("insecure-skip-tls-verify", True)
