"""The matcher against a second one, on random claims and volumes, and its words."""

import random
from dataclasses import replace

import pytest

from tests.core.matcher_oracle import best_match
from tests.dialects.kube_answers import claim as recorded_claim
from tests.dialects.kube_answers import volume as recorded_volume
from tui.core.kube import Claim, ClaimRef, KubeNode, NodeTerm, PersistentVolume, Requirement, Selector
from tui.core.kube_matcher import Misfit, all_misfits, first_misfit, nearest, refusal, winner

NODES = tuple(KubeNode("", name, name, "", 0.0, labels={"zone": name}) for name in ("a", "b"))
MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany")


def _claim(luck: random.Random) -> Claim:
    return Claim(
        "one", luck.choice(["home", "data"]), luck.choice(["life-1", "life-2"]), "", 0.0,
        request=luck.choice([None, 1, 2]), spec_class=luck.choice([None, "", "gold"]),
        legacy_class=luck.choice([None, None, None, "", "gold"]),
        access_modes=tuple(luck.sample(MODES, luck.choice([1, 1, 2]))),
        volume_mode=luck.choice(["Filesystem"] * 5 + ["Block"]),
        selector=luck.choice([None, None, None, Selector({"tier": "x"})]),
        attributes_class=luck.choice(["", "", "", "fast"]),
    )  # fmt: skip


def _volume(luck: random.Random, number: int) -> PersistentVolume:
    reference = ClaimRef("one", luck.choice(["home", "data"]), luck.choice(["", "life-1", "life-2"]))
    term = NodeTerm((Requirement("zone", "In", (luck.choice("ab"),)),))
    return PersistentVolume(
        "", f"v{number}", f"u{number}", "", 0.0,
        # no two volumes are equally large: Kubernetes leaves open which one it takes then
        capacity=luck.choice([1, 2, 2]) * 100 + number, spec_class=luck.choice(["", "gold"]),
        legacy_class=luck.choice([None, None, None, "gold"]),
        # no two sets of modes are equally large: Kubernetes leaves open which one it looks at first
        access_modes=MODES[: luck.choice([1, 2, 3])],
        volume_mode=luck.choice(["Filesystem"] * 6 + ["Block"]), phase=luck.choice(["Available"] * 4 + ["Released"]),
        claim=luck.choice([None, None, reference]), labels=luck.choice([{}, {"tier": "x"}]),
        deleted=luck.choice([None] * 6 + [1.0]), attributes_class=luck.choice(["", "", "", "fast"]),
        node_affinity=luck.choice([None, None, (term,)]),
    )  # fmt: skip


def _scaled(claim: Claim) -> Claim:
    return replace(claim, request=None if claim.request is None else claim.request * 100)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("version", [(1, 25), (1, 32)])
def test_the_claim_gets_what_kubernetes_gives_it(seed: int, version: tuple[int, int]) -> None:
    luck = random.Random(seed)
    for _ in range(60):
        claim = _scaled(_claim(luck))
        volumes = [_volume(luck, number) for number in range(luck.choice([1, 3, 8]))]
        waits = luck.random() < 0.3
        expected = best_match(claim, volumes, delay_binding=waits, attributes=version >= (1, 31))
        found = winner(claim, volumes, waits=waits, version=version)
        assert _decisive(found) == _decisive(expected)


def _decisive(volume: PersistentVolume | None) -> tuple[int, str] | None:
    """The modes and the name; of several that are kept for the claim Kubernetes takes any."""
    return None if volume is None else (len(volume.access_modes), "kept" if volume.claim else volume.name)


@pytest.mark.parametrize("seed", range(40))
def test_the_scheduler_finds_a_volume_for_the_same_nodes(seed: int) -> None:
    luck = random.Random(seed)
    for _ in range(60):
        claim, volume, node = _scaled(_claim(luck)), _volume(luck, 1), luck.choice(NODES)
        expected = best_match(claim, [volume], node)
        fails = first_misfit(claim, volume, node=node, version=(1, 32))
        assert (fails is None) == (expected is not None), fails


@pytest.mark.parametrize("seed", range(20))
def test_the_first_misfit_is_the_first_of_all(seed: int) -> None:
    luck = random.Random(seed)
    for _ in range(60):
        claim, volume = _scaled(_claim(luck)), _volume(luck, 1)
        first, every = first_misfit(claim, volume, version=(1, 32)), all_misfits(claim, volume, version=(1, 32))
        assert (first is None) == (every == ())
        assert first is None or every[0] is first
        order = list(Misfit)
        assert [order.index(one) for one in every] == sorted(order.index(one) for one in every)


def _pair() -> tuple[Claim, PersistentVolume]:
    claim = Claim("one", "home", "life-1", "", 0.0, spec_class="", request=100, access_modes=("ReadWriteOnce",))
    volume = PersistentVolume("", "v", "u", "", 0.0, capacity=100, access_modes=("ReadWriteOnce",), phase="Available")
    return claim, volume


def test_each_check_is_told_by_its_name() -> None:
    claim, volume = _pair()
    assert first_misfit(claim, volume) is None
    other, older, name = ClaimRef("one", "x", "u"), ClaimRef("one", "home", "older"), ClaimRef("one", "home")
    assert first_misfit(claim, replace(volume, claim=other)) is Misfit.TAKEN
    assert first_misfit(claim, replace(volume, claim=older)) is Misfit.STALE
    assert first_misfit(claim, replace(volume, access_modes=("ReadWriteMany",))) is Misfit.MODES
    assert first_misfit(claim, replace(volume, capacity=99)) is Misfit.SIZE
    assert first_misfit(claim, replace(volume, volume_mode="Block")) is Misfit.VOLUME_MODE
    assert first_misfit(claim, replace(volume, attributes_class="x"), version=(1, 31)) is Misfit.ATTRIBUTES
    assert first_misfit(claim, replace(volume, attributes_class="x"), version=(1, 30)) is None
    assert first_misfit(claim, replace(volume, deleted=1.0)) is Misfit.TERMINATING
    assert first_misfit(claim, volume, waits=True) is Misfit.WAITS
    assert first_misfit(claim, replace(volume, phase="Failed")) is Misfit.PHASE
    assert first_misfit(replace(claim, selector=Selector({"a": "b"})), volume) is Misfit.SELECTOR
    assert first_misfit(claim, replace(volume, spec_class="gold")) is Misfit.CLASS
    kept = replace(volume, claim=name, spec_class="gold", phase="Released")
    assert first_misfit(claim, kept, waits=True) is None
    pinned = replace(volume, node_affinity=(NodeTerm((Requirement("zone", "In", ("a",)),)),))
    assert first_misfit(claim, pinned, node=NODES[0]) is None
    assert first_misfit(claim, pinned, node=NODES[1]) is Misfit.NODES


def test_the_nearest_volume_fails_the_fewest_checks() -> None:
    claim, volume = _pair()
    small, far = replace(volume, name="small", capacity=1), replace(volume, name="far", capacity=1, spec_class="gold")
    close = nearest(claim, [far, small, replace(volume, name="tiny", capacity=0)])
    assert [(near.volume.name, near.misfits) for near in close] == [
        ("small", (Misfit.SIZE,)), ("tiny", (Misfit.SIZE,)),
    ]  # fmt: skip
    assert nearest(claim, []) == []


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"deleted": 1.0}, 'the volume is marked for deletion "v"'),
        ({"capacity": 1}, "requested PV is too small"),
        ({"spec_class": "gold"}, "storageClassName does not match"),
        ({"attributes_class": "x"}, "volumeAttributesClassName does not match"),
        ({"volume_mode": "Block"}, "incompatible volumeMode"),
        ({"access_modes": ()}, "incompatible accessMode"),
        ({"labels": {"a": "b"}, "phase": "Failed"}, ""),
    ],
)
def test_a_named_volume_is_refused_in_the_controllers_words(change: dict[str, object], text: str) -> None:
    claim, volume = _pair()
    assert refusal(claim, replace(volume, **change), (1, 31)) == text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("26", "requested PV is too small"), ("27", "incompatible accessMode"),
        ("28", "storageClassName does not match"), ("29", "incompatible volumeMode"),
    ],
)  # fmt: skip
def test_what_a_real_cluster_refused_is_refused_alike(name: str, text: str) -> None:
    assert refusal(recorded_claim(f"p{name}"), recorded_volume(f"v{name}"), (1, 25)) == text


def test_what_a_real_cluster_bound_fits() -> None:
    for name in ("33", "36", "40"):
        claim, volume = recorded_claim(f"p{name}"), recorded_volume(f"v{name}")
        assert first_misfit(claim, volume, version=(1, 25)) is None
