"""What strangers write into the API never steers the admin's terminal."""

from pathlib import Path

from tests.cli.running import begin, end
from tui.demo.kube_objects import claim, storage_class
from tui.demo.kube_server import SimKube


async def test_an_event_with_control_characters(tmp_path: Path) -> None:
    kube = await SimKube().start((1, 30))
    try:
        kube.create(storage_class("slow", by="example.com/file"))
        made = kube.create(claim("default", "db", "1Gi", "slow"))
        kube.controllers.world.event(made, "Warning", "ProvisioningFailed", "\x1b[2J\x9b31m\u202eboom [bold]", "driver")
        config = kube.write_kubeconfig(tmp_path / "kubeconfig")
        for command in (("explain", "claim", "default/db"), ("doctor",), ("get", "claims")):
            ended = await end(await begin("--kubeconfig", config, *command, home=tmp_path))
            assert ended.code == 1
            assert "boom [bold]" in ended.out
            assert all(letter.isprintable() or letter == "\n" for letter in ended.out + ended.err)
    finally:
        await kube.close()
