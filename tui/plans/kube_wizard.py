"""What an admin asks for in a wizard - a StorageClass, a claim, a static PersistentVolume - checked, and as manifests.

The rules for classes of kubernetes.io/glusterfs are those of the provisioner in Kubernetes up to 1.25, so that a
class is refused here and not hours later in an event.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from tui.dialects.kube_quantity import parse_quantity
from tui.dialects.kube_write import GLUSTERFS, Manifest, claim, storage_class
from tui.plans.kube_volume import MODES

GID_MIN: Final = 2000
GID_MAX: Final = 2**31 - 1
# heketi makes only these
DISPERSE: Final = ((2, 1), (4, 2), (8, 3), (8, 4))
_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL: Final = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")

RECLAIM_WORDS: Final = {
    "Retain": "the data stays when the claim is deleted, and somebody has to release the volume",
    "Delete": "the data is deleted with the claim",
    "Recycle": "the data is removed with the claim, and the next claim gets the volume; deprecated",
}


@dataclass(frozen=True, slots=True)
class StorageClassRequest:
    """A class as it is asked for; texts are as they were typed, "" leaves a parameter out.

    `user_key` is the placeholder of a key in clear text: better is a Secret. `volume_type` is "", "none",
    "replicate:3" or "disperse:4:2".
    """

    name: str
    provisioner: str = GLUSTERFS
    url: str = ""
    user: str = ""
    user_key: str = ""
    secret_namespace: str = ""
    secret_name: str = ""
    auth: bool = True
    cluster: str = ""
    gid_min: str = ""
    gid_max: str = ""
    volume_type: str = ""
    volume_options: str = ""
    name_prefix: str = ""
    snap_factor: str = ""
    endpoint_prefix: str = ""
    reclaim: str = "Delete"
    binding: str = "Immediate"
    expansion: bool = True
    default: bool = False
    mount_options: tuple[str, ...] = ()
    more: Mapping[str, str] = field(default_factory=dict)

    def problems(self) -> list[str]:
        """What is wrong with it, a sentence each; empty when it can be made."""
        found = [] if is_name(self.name) else [f"'{self.name}' is no name: {NAME_RULE}"]
        if not self.provisioner:
            found.append("a class has a provisioner")
        if self.reclaim not in ("Delete", "Retain"):
            found.append("the reclaim policy of a class is Delete or Retain")
        if self.binding not in ("Immediate", "WaitForFirstConsumer"):
            found.append("the binding mode of a class is Immediate or WaitForFirstConsumer")
        return found + (list(_gluster_problems(self)) if self.provisioner == GLUSTERFS else [])

    def parameters(self) -> dict[str, str]:
        """The parameters, by the names that are common in manifests."""
        if self.provisioner != GLUSTERFS:
            return dict(self.more)
        values = {
            "resturl": self.url, "restauthenabled": "" if self.auth else "false", "restuser": self.user,
            "restuserkey": self.user_key, "secretNamespace": self.secret_namespace, "secretName": self.secret_name,
            "clusterid": self.cluster, "gidMin": self.gid_min, "gidMax": self.gid_max, "volumetype": self.volume_type,
            "volumeoptions": self.volume_options, "volumenameprefix": self.name_prefix, "snapfactor": self.snap_factor,
            "customepnameprefix": self.endpoint_prefix, **self.more,
        }  # fmt: skip
        return {key: value for key, value in values.items() if value}

    def manifest(self) -> Manifest:
        """The class as it is made."""
        return storage_class(
            self.name, self.provisioner, self.parameters(), reclaim=self.reclaim, binding=self.binding,
            expansion=self.expansion, mount_options=self.mount_options, default=self.default,
        )  # fmt: skip


NAME_RULE: Final = "small letters, digits, '-' and '.', with a letter or digit at both ends"


def is_name(text: str) -> bool:
    """Whether Kubernetes takes a text as the name of an object (RFC 1123 subdomain)."""
    return len(text) <= 253 and bool(_NAME.fullmatch(text))


def is_label(text: str) -> bool:
    """Whether Kubernetes takes a text as the name of a namespace (RFC 1123 label)."""
    return len(text) <= 63 and bool(_LABEL.fullmatch(text))


def _gluster_problems(asked: StorageClassRequest) -> Iterator[str]:
    yield from _url_problems(asked.url)
    if bool(asked.secret_namespace) != bool(asked.secret_name):
        yield "secretNamespace and secretName belong together: both or neither"
    if asked.auth and not (asked.secret_name or asked.user_key):
        yield "heketi asks for a key: name a Secret that has it (or turn the authentication off)"
    if asked.auth and asked.user and asked.user not in ("admin", "user"):
        yield f"heketi knows the users 'admin' and 'user', not '{asked.user}'"
    if asked.auth and asked.user == "user":
        yield "heketi's user 'user' may not read clusters and nodes, which the provisioner does: take 'admin'"
    yield from _gid_problems(asked)
    yield from type_problems(asked.volume_type)
    if "_" in asked.name_prefix:
        yield "volumenameprefix must not have a '_' in it"
    if asked.snap_factor and not _is_factor(asked.snap_factor):
        yield "snapfactor is a number from 1 to 100"
    if len(asked.endpoint_prefix) > 26:
        yield "customepnameprefix has at most 26 characters"
    if asked.endpoint_prefix and not is_label(asked.endpoint_prefix):
        yield "customepnameprefix is the beginning of a name: small letters, digits and '-'"


def _url_problems(url: str) -> Iterator[str]:
    if not url:
        yield "heketi's address (resturl) is missing"
        return
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not whole:
        yield f"'{url}' is no address of a server: write http://HOST:PORT"
    elif "@" in parts.netloc:
        yield "a password in the address can be read by everybody: name a Secret instead"


def _gid_problems(asked: StorageClassRequest) -> Iterator[str]:
    bounds = [GID_MIN, GID_MAX]
    for place, (name, text) in enumerate((("gidMin", asked.gid_min), ("gidMax", asked.gid_max))):
        if not text:
            continue
        if not text.isascii() or not text.isdigit():
            yield f"{name} is a whole number, not '{text}'"
            return
        bounds[place] = int(text)
        if not GID_MIN <= bounds[place] <= GID_MAX:
            yield f"{name} is from {GID_MIN} to {GID_MAX}, not {text}"
    if bounds[0] > bounds[1]:
        yield "gidMax must not be smaller than gidMin"


def type_problems(text: str) -> Iterator[str]:
    """What is wrong with a volumetype of heketi's."""
    kind, *numbers = text.split(":")
    if not text or text == "none":
        return
    if kind == "replicate" and len(numbers) <= 1 and all(one.isdigit() and int(one) > 0 for one in numbers):
        return
    if kind == "disperse" and len(numbers) == 2 and all(one.isdigit() for one in numbers):
        if (int(numbers[0]), int(numbers[1])) not in DISPERSE:
            yield "heketi makes disperse:2:1, disperse:4:2, disperse:8:3 and disperse:8:4 only"
        return
    yield f"volumetype is none, replicate:N or disperse:DATA:REDUNDANCY, not '{text}'"


def _is_factor(text: str) -> bool:
    try:
        return 1 <= float(text) <= 100
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class ClaimRequest:
    """A claim as it is asked for; without anything it is one that tries a class out.

    `class_name` None leaves it to the default class. `legacy` names the class in the annotation of old.
    """

    namespace: str = "default"
    name: str = "gluster-test"
    size: str = "20Gi"
    access_modes: tuple[str, ...] = ("ReadWriteMany",)
    class_name: str | None = None
    volume_name: str = ""
    legacy: bool = False

    def problems(self) -> list[str]:
        """What is wrong with it, a sentence each; empty when it can be made."""
        found = [] if is_label(self.namespace) else [f"'{self.namespace}' is no namespace"]
        found += [] if is_name(self.name) else [f"'{self.name}' is no name: {NAME_RULE}"]
        if self.class_name and not is_name(self.class_name):
            found.append(f"'{self.class_name}' is no name of a class: {NAME_RULE}")
        return found + list(size_problems(self.size)) + list(mode_problems(self.access_modes))

    def manifest(self) -> Manifest:
        """The claim as it is made."""
        return claim(
            self.namespace, self.name, size=self.size, access_modes=self.access_modes, class_name=self.class_name,
            volume_name=self.volume_name, legacy=self.legacy,
        )  # fmt: skip


def size_problems(text: str) -> Iterator[str]:
    """What is wrong with a size."""
    size = parse_quantity(text)
    if not size or size <= 0:
        yield f"'{text}' is no size: write a number with a unit, for example 20Gi"


def mode_problems(modes: tuple[str, ...]) -> Iterator[str]:
    """What is wrong with access modes."""
    if not modes:
        yield "at least one access mode is needed"
    for mode in modes:
        if mode not in MODES:
            yield f"'{mode}' is no access mode; there are {', '.join(MODES)}"
    if MODES[3] in modes and len(modes) > 1:
        yield "ReadWriteOncePod stands alone"
