"""`gluster volume quota`: limits of folders, as 10.3 lists them."""

from collections.abc import Sequence

from tui.demo import gluster_xml as xml
from tui.demo.gluster_error import GENERIC
from tui.demo.gluster_model import STARTED, Glusterd, Volume
from tui.demo.reply import Reply

ENABLED = "features.quota"


def quota(daemon: Glusterd, words: Sequence[str], *, as_xml: bool) -> Reply:
    """Run `gluster volume quota NAME enable|list|limit-usage PATH SIZE`; `words` begin with the name."""
    name, verb, *rest = words
    volume = daemon.pool.volumes.get(name)
    if volume is None:
        return _refused(f"Volume {name} does not exist", as_xml=as_xml)
    if volume.status != STARTED:
        return _refused("Volume is stopped, start volume before executing quota command.", as_xml=as_xml)
    if verb == "enable":
        volume.options |= dict.fromkeys(("features.quota-deem-statfs", "features.inode-quota", ENABLED), "on")
        return _done(as_xml=as_xml)
    if volume.options.get(ENABLED) != "on":
        return _refused("Quota is disabled, please enable quota", as_xml=as_xml)
    if verb == "limit-usage":
        path, size = rest[0], _bytes(rest[1])
        volume.quotas[path] = (size, volume.quotas.get(path, (0, 0))[1])
        return _done(as_xml=as_xml)
    return _list(volume, as_xml=as_xml)


def _refused(text: str, *, as_xml: bool) -> Reply:
    """The exit code of `list` is 2, whatever opRet."""
    if as_xml:
        return Reply(2, xml.document(-1, GENERIC, text, xml.element(("cliOp", "volQuota"))))
    return Reply(1, err=f"quota command failed : {text}\n")


def _done(*, as_xml: bool) -> Reply:
    body = xml.element(("cliOp", "volQuota"))
    return Reply(0, xml.document(0, 0, "", body) if as_xml else "volume quota : success\n")


def _bytes(text: str) -> int:
    """A size as gluster takes it: "10MB" are 10 MiB."""
    number = text.rstrip("KMGTPBkmgtpb")
    unit = text[len(number) :].upper()
    return int(number) * 1024 ** " KMGTP".index(unit[0]) if unit not in ("", "B") else int(number)


def _list(volume: Volume, *, as_xml: bool) -> Reply:
    if not volume.quotas:
        text = f"No quota configured on volume {volume.name}"
        return Reply(0, xml.document(-1, 0, text) if as_xml else f"quota: {text}\n")
    limits: list[xml.Node] = []
    for path, (limit, used) in volume.quotas.items():
        soft = limit * 80 // 100
        limits.append(
            (
                "limit",
                [
                    ("path", path),
                    ("hard_limit", str(limit)),
                    ("soft_limit_percent", "80%"),
                    ("soft_limit_value", str(soft)),
                    ("used_space", str(used)),
                    ("avail_space", str(max(0, limit - used))),
                    ("sl_exceeded", "Yes" if used > soft else "No"),
                    ("hl_exceeded", "Yes" if used >= limit else "No"),
                ],
            )
        )
    if as_xml:
        return Reply(0, xml.document(0, 0, "", xml.element(("volQuota", limits))))
    lines = [f"{path}  {limit}  {used}" for path, (limit, used) in volume.quotas.items()]
    return Reply(0, "\n".join(["Path  Hard-limit  Used", *lines]) + "\n")
