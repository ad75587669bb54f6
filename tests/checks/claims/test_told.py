"""What the controller said counts where what it speaks of may not be read."""

import pytest

from tests.corpus.build import GLUSTERFS, Cluster
from tui.checks.claims import diagnose
from tui.core.finding import Finding

CLAIM = "PersistentVolumeClaim default/db"
SECRET = {"resturl": "http://127.0.0.1:9", "secretNamespace": "storage", "secretName": "key"}


def told(cluster: Cluster) -> tuple[Finding, ...]:
    return diagnose(cluster.case("default/db"))


def failed(cluster: Cluster, text: str, reason: str = "ProvisioningFailed") -> Cluster:
    framed = f'Failed to provision volume with StorageClass "slow": {text}' if text[:3] != "raw" else text[4:]
    return cluster.event(CLAIM, reason, framed).pod("app", "db", why="pod has unbound immediate PersistentVolumeClaims")


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("C1", 'raw storageclass.storage.k8s.io "slow" not found'),
        ("D1", "raw no volume plugin matched name: kubernetes.io/glusterfs"),
        ("D2", "StorageClass for provisioner kubernetes.io/glusterfs must contain 'resturl' parameter"),
        ("D4", 'failed to get secret storage/key: secrets "key" not found'),
        ("D6", "gidMin must be >= 2000"),
        ("D8", "error parsing value for option 'volumetype' for volume plugin kubernetes.io/glusterfs"),
        ("D11", "failed to create volume: failed to create volume: see kube-controller-manager.log for details"),
        ("B13", "not able to parse your claim Selector"),
        ("E3", "rpc error: code = ResourceExhausted desc = no room"),
    ],
)
def test_an_admin_who_may_not_read_classes(code: str, text: str) -> None:
    cluster = failed(Cluster().claim("db", cls="slow"), text).deny("storageclasses", "secrets", "persistentvolumes")
    (finding,) = told(cluster)
    assert (finding.code, finding.definite) == (code, True)
    assert finding.proof[0].value.endswith(text.removeprefix("raw "))
    over = cluster.event(CLAIM, "ProvisioningSucceeded", "done", ago=1.0, type="Normal")
    assert code not in [one.code for one in told(over)]


@pytest.mark.parametrize(
    ("code", "reason", "text"),
    [
        ("B4", "VolumeMismatch", 'raw Cannot bind to requested volume "v": requested PV is too small'),
        ("B5", "FailedBinding", 'raw volume "v" already bound to a different claim.'),
    ],
)
def test_an_admin_who_may_not_read_volumes(code: str, reason: str, text: str) -> None:
    cluster = failed(Cluster().claim("db", cls="", volume="v"), text, reason).deny("persistentvolumes")
    assert [finding.code for finding in told(cluster)] == [code]


def test_no_volume_and_no_class() -> None:
    text = "raw no persistent volumes available for this claim and no storage class is set"
    cluster = failed(Cluster().claim("db", cls=""), text, "FailedBinding").deny("persistentvolumes")
    assert "B1" in [finding.code for finding in told(cluster)]


def test_a_secret_that_may_not_be_read() -> None:
    cluster = Cluster().storage_class("slow", GLUSTERFS, parameters=SECRET).claim("db", cls="slow").deny("secrets")
    assert told(cluster) == ()
    (finding,) = told(failed(cluster, 'failed to get secret storage/key: secrets "key" not found'))
    assert (finding.code, [remedy.fix.name for remedy in finding.remedies if remedy.fix]) == ("D4", ["create-secret"])
