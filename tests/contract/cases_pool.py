"""The trusted pool: nodes join it, leave it, are away, belong to another."""

from tests.contract.case import Ask, Given, Item, Scenario, Wait, host, peer_away
from tui.core.plan import Check
from tui.dialects import gluster

ALONE = Check(gluster.pool_list(), matches="<opRet>0", absent="<state>", why="the node still has peers")
PROBED = tuple(Ask(f"pool list of node{node} with all", node, gluster.pool_list()) for node in (1, 2, 3))


def together(*nodes: int) -> tuple[Item, ...]:
    """Wait until each of these nodes is well with all the others."""
    return tuple(Wait(node, gluster.all_connected(len(nodes))) for node in nodes)


POOL = Scenario(
    "pool",
    (
        Ask("pool list alone", 1, gluster.pool_list()),
        Ask("probe itself", 1, gluster.peer_probe(host(1))),
        Ask("probe an address where nobody is", 1, gluster.peer_probe("10.77.0.99")),
        Ask("probe a bad name", 1, gluster.peer_probe("no/name")),
        Ask("detach a stranger", 1, gluster.peer_detach(host(3))),
        Ask("detach itself", 1, gluster.peer_detach(host(1))),
        Ask("node2 takes node3", 2, gluster.peer_probe(host(3))),
        *together(2, 3),
        Ask("probe a node of another pool", 1, gluster.peer_probe(host(2))),
        Ask("pool list after a refusal", 1, gluster.pool_list()),
        Ask("node2 detaches node3", 2, gluster.peer_detach(host(3))),
        Given(3, "glusterd stopped"),
        Ask("probe a node without glusterd", 1, gluster.peer_probe(host(3))),
        Given(3, "glusterd started"),
        Ask("probe node2", 1, gluster.peer_probe(host(2))),
        *together(1, 2),
        Ask("probe node2 again", 1, gluster.peer_probe(host(2))),
        Ask("probe node3", 1, gluster.peer_probe(host(3))),
        *together(1, 2, 3),
        *PROBED,
        Ask("a member probes another", 3, gluster.peer_probe(host(2))),
        Ask("detach", 1, gluster.peer_detach(host(3))),
        Ask("detach again", 1, gluster.peer_detach(host(3))),
        Wait(3, ALONE),
        Ask("pool list after a detach", 1, gluster.pool_list()),
        Ask("pool list of the detached", 3, gluster.pool_list()),
        Ask("probe the detached", 1, gluster.peer_probe(host(3))),
        *together(1, 2, 3),
        Given(3, "glusterd stopped"),
        Wait(1, peer_away(3)),
        Ask("pool list without one", 1, gluster.pool_list()),
        Ask("detach a member that is away", 1, gluster.peer_detach(host(3))),
        Ask("pool list after the detach", 2, gluster.pool_list()),
    ),
)

UNRESOLVABLE = Scenario("a name nobody knows", (Ask("probe", 1, gluster.peer_probe("nosuchhost.invalid")),))
