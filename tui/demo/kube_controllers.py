"""The controllers over the simulated Kubernetes."""

from tui.demo.kube_api import KubeApi
from tui.demo.kube_status import Version


class Controllers:
    """Placeholder until the controllers are written."""

    def __init__(self, api: KubeApi) -> None:
        self.api = api
        self.version: Version = api.version

    def start(self) -> None:
        pass

    async def stop(self) -> None:
        pass
