"""Which Gluster volumes a claim can get a PersistentVolume on: those that nobody has, and large enough. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from tui.core.kube_object import Key
from tui.core.kube_volume import CsiSource, PersistentVolume
from tui.core.model import Snapshot, State, Volume
from tui.core.plan import Refused
from tui.core.units import format_size
from tui.dialects.kube import parse
from tui.dialects.kube_request import Raw

# what a file system keeps for itself of the logical volume that was made in the size asked for
_OVERHEAD: Final = 0.1
_DATABASE: Final = "heketidbstorage"
_SHOWN: Final = 5


def parts_of(gluster: str) -> tuple[str, str]:
    """The Gluster volume and the folder in it ("" for all of it) of "volume/folder", as a PersistentVolume names it."""
    volume, _, folder = "/".join(part for part in gluster.split("/") if part).partition("/")
    return volume, folder


@dataclass(frozen=True, slots=True)
class GlusterFit:
    """The Gluster volumes of a site, seen by a claim that wants `size` bytes (None: not known).

    `own` is the name of the PersistentVolume that is to be made, `claim` whom it is for: what that had before is no
    other's. Where the storage nodes are not known, only what PersistentVolumes say counts. A `gluster` may be
    "volume/folder": that is another's where the same folder is, and not where others have the rest of the volume.
    """

    snapshot: Snapshot
    volumes: tuple[PersistentVolume, ...]
    size: int | None = None
    own: str = ""
    claim: Key = ("", "")

    def check(self, gluster: str) -> None:
        """Raise Refused where this Gluster volume is another's or too small; the details are those that fit."""
        why = self.why_not(gluster)
        if why:
            fitting = self.choices()
            details = (f"that would fit: {', '.join(fitting)}",) if fitting else ()
            raise Refused(f"Gluster volume {gluster} can't be taken: {why}.", details)

    def why_not(self, gluster: str) -> str:
        """Why it can't be taken, "" where it can."""
        name, folder = parts_of(gluster)
        if name == _DATABASE:
            return "heketi keeps its own database in it"
        if {".", ".."} & set(folder.split("/")):
            return "a folder is named without '.' and '..'"
        if users := self.users(gluster):
            more = f" and {len(users) - _SHOWN} more" if len(users) > _SHOWN else ""
            return f"it is used already by {', '.join(users[:_SHOWN])}{more}"
        if any(block.partition("/")[0] == name for block in self.snapshot.block_volumes):
            return "heketi has block volumes in it"
        return self._too_small(self.snapshot.volumes.get(name))

    def users(self, gluster: str) -> list[str]:
        """Who stands on it: "PersistentVolume media-share (claim media/share)"."""
        name, folder = parts_of(gluster)
        there = [one for one in self.volumes if one.gluster_name == name and not self._is_own(one)]
        return [_user(one) for one in there if not folder or _folder(one) == folder]

    def warnings(self, gluster: str) -> Iterator[str]:
        """What is to be known of one that can be taken."""
        name, folder = parts_of(gluster)
        volume = self.snapshot.volumes.get(name)
        if volume is None:
            if self.snapshot.volumes:
                yield f"No Gluster volume {name} is known on the storage nodes: pods would wait for it."
        elif volume.state is State.STOPPED:
            yield f"Gluster volume {name} does not run ({volume.reason}): no pod starts with it. Start it first."
        elif volume.state is State.OFFLINE:
            yield f"Gluster volume {name} can't be used now: {volume.reason}."
        if folder:
            yield f"Folder {folder} has to be there in Gluster volume {name}: nothing makes it, and pods wait for it."

    def doubts(self, gluster: str) -> Iterator[str]:
        """The same for one that the admin chose himself, who may want to share it. Raises Refused for heketi's own."""
        if parts_of(gluster)[0] == _DATABASE:
            self.check(gluster)
        if why := self.why_not(gluster):
            yield f"Is Gluster volume {gluster} the right one? {why[0].upper()}{why[1:]}."
        yield from self.warnings(gluster)

    def only(self) -> str:
        """The only one that can be taken, as long as there is nothing to warn of; "" otherwise."""
        found = self.choices()
        return found[0] if len(found) == 1 and not list(self.warnings(found[0])) else ""

    def choices(self) -> tuple[str, ...]:
        """Those that can be taken: what runs before what does not, then the smallest that is large enough."""
        fitting = [volume for name, volume in self.snapshot.volumes.items() if not self.why_not(name)]
        fitting.sort(key=lambda volume: (_runs_badly(volume), volume.size is None, volume.size or 0, volume.name))
        return tuple(volume.name for volume in fitting)

    def question(self) -> str:
        """What is asked where none was named."""
        fitting, known = len(self.choices()), len(self.snapshot.volumes)
        said, why = "Which Gluster volume it is for has to be said.", "used by others, too small, or heketi's own."
        if known and not fitting:
            return f"{said} None of those that are known fits: they are {why}"
        if known == fitting:
            return said
        left_out = known - fitting
        return f"{said} {'One is left out: it is' if left_out == 1 else f'{left_out} are left out: they are'} {why}"

    def _is_own(self, volume: PersistentVolume) -> bool:
        return volume.name == self.own or (volume.claim is not None and volume.claim.key == self.claim)

    def _too_small(self, volume: Volume | None) -> str:
        if volume is None or volume.size is None or self.size is None:
            return ""
        if volume.size >= self.size * (1 - _OVERHEAD):
            return ""
        return f"it has {format_size(volume.size)}, and {format_size(self.size)} are asked for"


def gluster_fit(
    snapshot: Snapshot, raws: Iterable[Raw], size: int | None = None, own: str = "", claim: Key = ("", "")
) -> GlusterFit:
    """The same from PersistentVolumes as the API gave them."""
    parsed = (parse("persistentvolumes", raw) for raw in raws)
    return GlusterFit(snapshot, tuple(one for one in parsed if isinstance(one, PersistentVolume)), size, own, claim)


def _folder(volume: PersistentVolume) -> str:
    """The folder of its Gluster volume that a PersistentVolume is on, "" for all of it."""
    if isinstance(volume.source, CsiSource):
        return parts_of(f"x/{volume.source.folder}")[1]
    return parts_of(volume.gluster.path)[1] if volume.gluster is not None else ""


def _user(volume: PersistentVolume) -> str:
    if volume.claim is None:
        return f"PersistentVolume {volume.name} (no claim has it)"
    return f"PersistentVolume {volume.name} (claim {'/'.join(volume.claim.key)})"


def _runs_badly(volume: Volume) -> int:
    """In which order they are offered."""
    return {State.STOPPED: 2, State.OFFLINE: 1, State.MISSING: 1}.get(volume.state, 0)
