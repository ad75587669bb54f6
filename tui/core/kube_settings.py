"""Which Kubernetes is asked, and as whom: what a site or the command line says about it."""

from dataclasses import dataclass

KUBERNETES = "kubernetes"
"""The target of steps that are requests to the Kubernetes API, and the `node` of errors of it."""


@dataclass(frozen=True, slots=True)
class KubeSettings:
    """Where to find the API server; all empty means what `kubectl` would use.

    `kubeconfig` is a file, or several joined by ":"; "" means $KUBECONFIG, then ~/.kube/config, then the service
    account of the pod that we run in. `context` "" means the current one. `namespace` is the one that is read
    where rights do not reach all of them; "" means that of the context.
    """

    kubeconfig: str = ""
    context: str = ""
    namespace: str = ""
