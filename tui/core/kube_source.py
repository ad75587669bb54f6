"""What a reader of one Kubernetes cluster may ask: tables, findings, and which claims changed since it last looked."""

from collections.abc import Callable
from typing import Protocol

from tui.core.finding import Finding
from tui.core.kube_object import Key
from tui.core.kube_tables import KubeTables


class KubeSource(Protocol):
    """One cluster as the screens and the command line see it. Nothing in here waits for the network."""

    @property
    def tables(self) -> KubeTables:
        """What the cluster last said; how well each kind is known is in its `parts`."""

    @property
    def server(self) -> str:
        """The address of the API server, for display; "" until it is known."""

    @property
    def context(self) -> str:
        """The context of the kubeconfig, "" inside a cluster or until it is known."""

    def findings(self, key: Key) -> tuple[Finding, ...]:
        """What is wrong with a claim, the definite first; also of one that does not exist but is named."""

    def state_words(self, key: Key) -> tuple[str, str]:
        """The state of a claim as a word and the reason in a few: ("waiting", "no StorageClass 'slo'")."""

    def changes_since(self, mark: int) -> tuple[int, set[Key] | None]:
        """A new mark, and the claims that may look other than at the mark before; None: read all of them."""

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after changes, as often as they come; the returned function ends that."""
