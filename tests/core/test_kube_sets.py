"""Which claims a StatefulSet wants, which it left behind, and in what they are not as its templates."""

from tests.screens.fake_kube import FakeKube, claim, pod
from tui.core.kube import ClaimTemplate, StatefulSet
from tui.core.kube_sets import LEFT, MISSING, NO_SET, WANTED, SetClaim, differences, set_claims
from tui.core.kube_tables import PartState
from tui.core.units import GIB

DATA = ClaimTemplate("data", "fast", 20 * GIB, ("ReadWriteMany",))


def a_set(name: str = "db", **more: object) -> StatefulSet:
    values: dict[str, object] = {"replicas": 2, "templates": (DATA,)} | more
    return StatefulSet("shop", name, f"uid-{name}", "1", 0.0, **values)  # type: ignore[arg-type]


def kube(*names: str, one: StatefulSet | None = None) -> FakeKube:
    found = FakeKube()
    found.put("persistentvolumeclaims", *(claim("shop", name) for name in names))
    found.put("statefulsets", one or a_set())
    for kind in ("statefulsets", "pods", "persistentvolumeclaims"):
        found.tables.replace(kind, list(found.tables.table(kind).values()))
        found.tables.set_part(kind, PartState("live", 1.0))
    return found


def states(found: FakeKube) -> list[tuple[str, str]]:
    return [(one.key[1], one.state) for one in set_claims(found.tables)]


def test_what_is_left_behind_stands_first_and_ten_comes_after_nine() -> None:
    found = kube("data-db-0", "data-db-10", "data-db-9", "data-gone-0", "data-1", "db")
    assert states(found) == [
        ("data-db-9", LEFT), ("data-db-10", LEFT), ("data-db-1", MISSING), ("data-db-0", WANTED),
        ("data-gone-0", NO_SET),
    ]  # fmt: skip


def test_ordinals_may_begin_elsewhere() -> None:
    assert states(kube("data-db-0", "data-db-5", "data-db-6", one=a_set(start=5))) == [
        ("data-db-0", LEFT), ("data-db-5", WANTED), ("data-db-6", WANTED),
    ]  # fmt: skip


def test_a_set_that_is_being_deleted_wants_nothing() -> None:
    assert states(kube("data-db-0", one=a_set(deleted=1.0))) == [("data-db-0", LEFT)]


def test_a_claim_that_a_pod_uses_is_not_for_deletion() -> None:
    found = kube("data-db-7")
    found.put("pods", pod("shop", "web", "data-db-7"))
    row = next(one for one in set_claims(found.tables) if one.state == LEFT)
    assert (row.pods, row.is_left) == (("web",), False)
    assert SetClaim(("a", "b"), MISSING).is_left is False


def test_nothing_is_called_without_a_set_where_sets_can_not_be_read() -> None:
    found = kube("data-gone-0")
    found.tables.set_part("statefulsets", PartState("denied", 1.0))
    assert ("data-gone-0", NO_SET) not in states(found)
    found = kube("data-gone-0")
    found.tables.set_part("pods", PartState("live", 1.0, only="shop"))
    assert ("data-gone-0", NO_SET) not in states(found)


def test_in_what_a_claim_differs() -> None:
    same = claim("shop", "data-db-0")
    assert differences(DATA, same) == ()
    other = claim("shop", "data-db-0", spec_class="slow", request=GIB, access_modes=("ReadWriteOnce",),
                  volume_mode="Block")  # fmt: skip
    assert differences(DATA, other) == (
        "class slow, template fast", "asks for 1 GiB, template 20 GiB", "modes RWO, template RWX",
        "mode Block, template Filesystem",
    )  # fmt: skip
    assert differences(ClaimTemplate("data"), same) == ()
