"""What API servers say when they refuse something, and the code that explains it."""

import pytest

from tui.checks.claim_admission_words import CAUSE, SAID, explain_refusal, refusal_remedy
from tui.pages import codes

REFUSALS = [
    # recorded from Kubernetes 1.25
    ('persistentvolumeclaims "q1" is forbidden: exceeded quota: q, requested: requests.storage=5Gi, used: '
     'requests.storage=0, limited: requests.storage=2Gi', "A1"),
    ('persistentvolumeclaims "q2" is forbidden: exceeded quota: q, requested: '
     'gl-dead.storageclass.storage.k8s.io/persistentvolumeclaims=1, used: '
     'gl-dead.storageclass.storage.k8s.io/persistentvolumeclaims=0, limited: '
     'gl-dead.storageclass.storage.k8s.io/persistentvolumeclaims=0', "A1"),
    ('Error from server (Forbidden): error when creating "STDIN": persistentvolumeclaims "p61" is forbidden: Internal '
     'error occurred: 2 default StorageClasses were found', "A5"),
    ('Error from server (Forbidden): persistentvolumeclaims "p41" is forbidden: only dynamically provisioned pvc can '
     'be resized and the storageclass that provisions the pvc must support resize', "A10"),
    ('The PersistentVolumeClaim "p40" is invalid: spec.resources.requests.storage: Forbidden: field can not be less '
     'than previous value', "A11"),
    # as the sources have them
    ('persistentvolumeclaims "x" is forbidden: insufficient quota to consume: requests.storage', "A2"),
    ('persistentvolumeclaims "x" is forbidden: status unknown for quota: q, resources: requests.storage', "A2"),
    ('persistentvolumeclaims "x" is forbidden: maximum storage usage per PersistentVolumeClaim is 10Gi, but request is '
     '20Gi', "A3"),
    ('persistentvolumeclaims "x" is forbidden: minimum storage usage per PersistentVolumeClaim is 1Gi, but request is '
     '100Mi', "A3"),
    ('persistentvolumeclaims "x" is forbidden: unable to create new content in namespace n because it is being '
     'terminated', "A4"),
    ('spec: Forbidden: spec is immutable after creation except resources.requests for bound claims', "A7"),
    ('spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for '
     'bound claims', "A7"),
    ('spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation', "A8"),
    ('spec.glusterfs.endpoints: Required value', "A9"),
    ('spec.glusterfs.path: Required value', "A9"),
    ('persistentvolumeclaims "x" is forbidden: Only bound persistent volume claims can be expanded', "A10"),
    ('spec.resources.requests.storage: Forbidden: field can not be less than status.capacity', "A11"),
    ('parameters: Forbidden: updates to parameters are forbidden.', "A12"),
    ('updates to provisioner are forbidden.', "A12"),
    ('storageclass.storage.k8s.io "gold" not found', ""),
    ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code"), REFUSALS)
def test_a_refusal_is_known_by_its_words(text: str, code: str) -> None:
    assert explain_refusal(text) == code


def test_each_code_of_a_refusal_has_words_a_cause_a_remedy_and_a_page() -> None:
    known = {code for _, code in REFUSALS if code}
    assert known == SAID.keys() == CAUSE.keys()
    assert known <= set(codes())
    assert all(refusal_remedy(code).title for code in known)
