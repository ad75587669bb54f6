"""Steps that are requests to the Kubernetes API: what is sent, what is kept, what is hidden."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from tests.remote.kube_server import KubeEcho, kubeconfig
from tui.core.plan import Command
from tui.remote.errors import CommandTimeout, ConnectionLost, Unreachable
from tui.remote.kube import KubeClient
from tui.remote.kube_runner import KubeRunner, without_secrets

MERGE = "application/merge-patch+json"
GET = Command(("GET", "/api/v1/nodes?limit=1"), ok=(200,))


class Bench:
    """A server, a client and a runner."""

    def __init__(self, server: KubeEcho, client: KubeClient) -> None:
        self.server, self.client = server, client
        self.runner = KubeRunner(client, lambda text: text.replace("${secret:1}", "opened"))


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    server = await KubeEcho().start()
    client = await KubeClient.open(kubeconfig(tmp_path / "k", server.base))
    yield Bench(server, client)
    await client.close()
    await server.stop()


async def test_a_request_is_what_the_command_says(bench: Bench) -> None:
    command = Command(("PATCH", "/api/v1/persistentvolumes/a?dryRun=All", MERGE), stdin='{"é":1}', ok=(200,))
    output: list[str] = []
    results = await bench.runner.run("kubernetes", [command], on_output=output.append)
    method, path, headers, body = bench.server.requests[0]
    assert (method, path, headers["Content-Type"], body) == ("PATCH", command.argv[1], MERGE, '{"é":1}')
    assert headers["User-Agent"].startswith("brickyard/")
    assert headers["Accept"] == "application/json"
    assert results[0].code == 200
    assert json.loads(results[0].stdout) == {"path": "/api/v1/persistentvolumes/a?dryRun=All"}
    assert output == [results[0].stdout]


async def test_a_body_is_json_unless_told_otherwise(bench: Bench) -> None:
    await bench.runner.run("kubernetes", [Command(("POST", "/x"), stdin="{}", ok=(200,)), GET])
    assert bench.server.requests[0][2]["Content-Type"] == "application/json"
    assert "Content-Type" not in bench.server.requests[1][2]


async def test_a_batch_ends_at_the_first_refusal(bench: Bench) -> None:
    bench.server.answers = [web.Response(status=409, text='{"message":"changed"}')]
    results = await bench.runner.run("kubernetes", [GET, GET])
    assert [one.code for one in results] == [409]
    bench.server.answers = [web.Response(status=409)]
    results = await bench.runner.run("kubernetes", [GET, GET], stop=False)
    assert [one.code for one in results] == [409, 200]


async def test_a_secret_is_sent_and_kept_nowhere(bench: Bench) -> None:
    command = Command(("POST", "/api/v1/namespaces/a/secrets"), stdin='{"stringData":{"key":"${secret:1}"}}', ok=(201,))
    echo = {"kind": "Secret", "metadata": {"name": "s"}, "data": {"key": "b3BlbmVk"}}
    bench.server.answers = [web.json_response(echo, status=201)]
    results = await bench.runner.run("kubernetes", [command])
    assert bench.server.requests[0][3] == '{"stringData":{"key":"opened"}}'
    assert results[0].command is command
    assert "opened" not in repr(results)
    assert "b3BlbmVk" not in repr(results)
    assert json.loads(results[0].stdout)["data"] == {"key": "(hidden)"}


async def test_a_busy_server_is_asked_again(bench: Bench) -> None:
    for _ in range(2):
        bench.server.answers.append(web.Response(status=429, text="Too many requests", headers={"Retry-After": "0"}))
    command = Command(("GET", "/"), ok=(200,), timeout=5.0)
    assert (await bench.runner.run("kubernetes", [command]))[0].code == 200
    assert len(bench.server.requests) == 3
    bench.server.answers = [web.Response(status=429, headers={"Retry-After": "60"})]
    assert (await bench.runner.run("kubernetes", [command]))[0].code == 429


async def test_an_effect_that_is_not_known(bench: Bench) -> None:
    bench.server.cut = True
    with pytest.raises(ConnectionLost) as caught:
        await bench.runner.run("kubernetes", [Command(("POST", "/x"), stdin="{}", ok=(201,))])
    assert [one.code for one in caught.value.results] == [None]
    bench.server.cut, bench.server.delay = False, 1.0
    with pytest.raises(CommandTimeout) as late:
        await bench.runner.run("kubernetes", [Command(("POST", "/x"), stdin="{}", ok=(201,), timeout=0.05)])
    assert [one.code for one in late.value.results] == [None]


async def test_a_server_that_goes_in_the_middle_of_a_batch(bench: Bench) -> None:
    bench.server.answers = [web.json_response({})]
    results: list[str] = []

    def stop(text: str) -> None:
        results.append(text)
        bench.server.cut = True

    with pytest.raises(ConnectionLost) as caught:
        await bench.runner.run("kubernetes", [GET, Command(("POST", "/x"), ok=(201,))], on_output=stop)
    assert [one.code for one in caught.value.results] == [200, None]
    assert len(results) == 1


async def test_nothing_was_sent_to_a_server_that_is_not_there(bench: Bench) -> None:
    await bench.server.stop()
    with pytest.raises(Unreachable):
        await bench.runner.run("kubernetes", [GET])


def test_secrets_of_a_list_and_of_kubectl_are_hidden() -> None:
    notes = {"kubectl.kubernetes.io/last-applied-configuration": '{"data":{"key":"aGlkZQ=="}}', "other": "kept"}
    secret = {"metadata": {"name": "s", "annotations": notes}, "data": {"key": "aGlkZQ=="}, "type": "Opaque"}
    text = without_secrets(json.dumps({"kind": "SecretList", "items": [secret, "odd"]}))
    assert "aGlkZQ==" not in text
    assert json.loads(text)["items"] == [
        {"metadata": {"name": "s", "annotations": {"other": "kept"}}, "data": {"key": "(hidden)"}, "type": "Opaque"}
    ]


@pytest.mark.parametrize("text", ['{"kind":"Pod","x":"Secret"}', 'not JSON "Secret"', '["Secret"]', "", '"Secret"'])
def test_other_answers_stay_as_they_are(text: str) -> None:
    assert without_secrets(text) == text
