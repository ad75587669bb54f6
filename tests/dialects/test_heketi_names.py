"""Names in place of ids."""

import pytest

from tui.dialects.heketi_names import Name, cluster_name, device_name, fill, names_in, node_name, volume_name


def test_names_are_found_and_filled_in() -> None:
    path = f"/devices/{device_name('node0', '/dev/disk/by-path/pci-0000:00:06.0')}/state"
    body = f'{{"node": "{node_name("node0")}", "cluster": "{cluster_name(["a", "b"])}"}}'
    device, node, cluster = names_in(path, body, body)
    assert device == Name("device", ("node0",), "/dev/disk/by-path/pci-0000:00:06.0")
    assert (node, cluster) == (Name("node", ("node0",)), Name("cluster", ("a", "b")))
    ids = {device: "d1", node: "n1", cluster: "c1"}
    assert fill(path, ids) == "/devices/d1/state"
    assert fill(body, ids) == '{"node": "n1", "cluster": "c1"}'
    assert [str(name) for name in (device, node, cluster)] == [
        "/dev/disk/by-path/pci-0000:00:06.0 on node0", "node node0", "the cluster of a, b",
    ]  # fmt: skip


def test_a_node_may_be_an_address_with_colons() -> None:
    assert names_in(device_name("fe80::1", "/dev/sdb")) == (Name("device", ("fe80::1",), "/dev/sdb"),)


def test_a_volume_is_named_by_its_name() -> None:
    [name] = names_in(f"/volumes/{volume_name('vol_1')}")
    assert (name, str(name)) == (Name("volume", ("vol_1",)), "volume vol_1")


@pytest.mark.parametrize("text", ["", "/volumes", "${secret:0a0b0c0d}", "${node:}".replace("node", "pod"), "{node:x}"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert names_in(text) == ()
    assert fill(text, {}) == text
