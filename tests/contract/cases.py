"""All scenarios of the contract between us and a node."""

from tests.contract.case import Scenario
from tests.contract.cases_bricks import BRICKS
from tests.contract.cases_devices import DEVICES, FILTERED
from tests.contract.cases_heal import HEAL, QUOTA, SPLIT
from tests.contract.cases_host import HOST
from tests.contract.cases_lvm import LVM
from tests.contract.cases_pool import POOL, UNRESOLVABLE
from tests.contract.cases_volumes import AWAY, KINDS, MOUNTED, VOLUMES

SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        HOST,
        DEVICES,
        FILTERED,
        LVM,
        BRICKS,
        POOL,
        UNRESOLVABLE,
        VOLUMES,
        KINDS,
        MOUNTED,
        AWAY,
        HEAL,
        SPLIT,
        QUOTA,
    )
}
