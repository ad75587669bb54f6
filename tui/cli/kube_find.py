"""Which claims and findings are meant by what was typed."""

from tui import pages
from tui.checks.claim_names import did_you_mean, meant_among
from tui.checks.claims import diagnose_class, diagnose_cluster, diagnose_volume
from tui.cli.change import WrongInput
from tui.core.finding import Finding, ObjectRef
from tui.core.kube import Key, PersistentVolume, StorageClass
from tui.core.plan import Refused
from tui.sync.kube import KubeSource

_MOST = 5


def claim_key(text: str, namespace: str) -> Key:
    """The claim that "NAMESPACE/NAME", or a name and -n, mean. Raises WrongInput."""
    first, slash, second = text.partition("/")
    key = (first, second) if slash else (namespace, first)
    if not all(key) or "/" in key[1]:
        raise WrongInput("name the claim as NAMESPACE/NAME, or its namespace with -n")
    return key


def need_namespace(source: KubeSource, namespace: str) -> None:
    """Raise Refused where a namespace surely does not exist: in it nothing would be wrong."""
    if namespace and (missing := _no_namespace(source, namespace)):
        raise Refused(missing)


def _no_namespace(source: KubeSource, namespace: str) -> str:
    tables = source.tables
    if ("", namespace) in tables.namespaces or not source.world().is_known("namespaces"):
        return ""
    meant = did_you_mean(namespace, (name for _, name in tables.namespaces))
    return f"there is no namespace {namespace}" + (f" - did you mean {meant}?" if meant else "")


def no_such_claim(source: KubeSource, key: Key) -> Refused:
    """A claim that is not there, with what may have been meant."""
    tables, (namespace, name) = source.tables, key
    hints = []
    if missing := _no_namespace(source, namespace):
        hints.append(missing)
    elif meant := meant_among(name, tables.index("claims.namespace", namespace)):
        hints.append(f"did you mean {namespace}/{meant}?")
    if near := [f"{one.namespace}/{one.name}" for one in tables.claims_named(name)[:3]]:
        hints.append(f"elsewhere: {', '.join(near)}")
    return Refused(f"there is no claim {namespace}/{name}", tuple(hints))


def findings(source: KubeSource, namespace: str = "") -> list[Finding]:
    """All that was found, or what concerns the claims of one namespace and the whole cluster."""
    world, tables = source.world(), source.tables
    found = [f for f in source.book.all() if f.about is None or namespace in ("", f.about.namespace)]
    volumes = (one for one in tables.volumes.values() if _is_for(one, namespace))
    found += [f for one in volumes for f in diagnose_volume(world, one)]
    classes = (one for one in tables.classes.values() if _is_used(source, one, namespace))
    found += [f for one in classes for f in diagnose_class(world, one)]
    found += diagnose_cluster(world)
    return list({(f.code, f.about, f.sentence): f for f in found}.values())


def _is_for(volume: PersistentVolume, namespace: str) -> bool:
    """Whether a volume is for claims of a namespace, or for any."""
    return not namespace or volume.claim is None or volume.claim.namespace == namespace


def _is_used(source: KubeSource, one: StorageClass, namespace: str) -> bool:
    """Whether a claim of a namespace has the class, or gets it by default."""
    if not namespace or one.is_default:
        return True
    return any(key[0] == namespace for key in source.tables.index("claims.class", one.name))


def finding(source: KubeSource, code: str, name: str, namespace: str = "") -> Finding:
    """The finding of a code about an object, by its name. Raises WrongInput, and Refused where there is none."""
    wanted = code.upper()
    if wanted not in pages.codes():
        raise WrongInput(f"there is no code '{code}'; `brickyard explain` lists them all")
    every = [f for f in findings(source) if f.about is not None]
    mine = [f for f in every if _is_named(f.about, name, namespace)]
    found = [f for f in mine if f.code == wanted]
    objects = list(dict.fromkeys(_short(f.about) for f in found))
    if len(objects) > 1:
        raise WrongInput(f"there are several of this name with {wanted}: {', '.join(objects[:_MOST])}")
    if found:
        return found[0]
    hints = []
    if others := list(dict.fromkeys(f.code for f in mine)):
        hints.append(f"what was found for it: {', '.join(others)}")
    same = sorted({_short(f.about) for f in every if f.code == wanted})
    more = f" and {len(same) - _MOST} more" if len(same) > _MOST else ""
    hints.append(f"{wanted} was found for: {', '.join(same[:_MOST]) or 'nothing'}{more}")
    raise Refused(f"{wanted} was not found for {name}", tuple(hints))


def _is_named(about: ObjectRef | None, name: str, namespace: str) -> bool:
    if about is None:
        return False
    if name == about.name and about.namespace in ("", namespace or about.namespace):
        return True
    return name in (f"{about.namespace}/{about.name}", str(about))


def _short(about: ObjectRef | None) -> str:
    return f"{about.namespace}/{about.name}".strip("/") if about is not None else ""
