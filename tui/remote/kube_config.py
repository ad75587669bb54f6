"""Kubeconfig files, and the service account of a pod, read into what a connection needs.

Several files are merged as kubectl does it: the first that names a cluster, user or context wins, and the first
that sets the current context. Relative paths are relative to the file that they stand in. Nothing is sent, no
program is started. Whatever is wrong is a `Denied` that names the file and the place in it.
"""

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from tui.core.kube_settings import KUBERNETES, KubeSettings
from tui.remote.errors import Denied

SERVICE_ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where a pod finds token, ca.crt and namespace of its service account."""

MOST_BYTES: Final = 8 * 2**20
_PATHS: Final = {"clusters": ("certificate-authority",), "users": ("client-certificate", "client-key", "tokenFile")}

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class KubeAccess:
    """One context, read: where the server is and what a user section says. Secrets are not in its repr.

    `cluster_of` and `user` are the raw sections; paths in them are absolute. `source` names the files.
    """

    server: str
    context: str
    user_name: str
    namespace: str
    source: str
    cluster_of: Raw = field(repr=False)
    user: Raw = field(repr=False)


def is_configured(settings: KubeSettings) -> bool:
    """Whether there is anything that tells of a Kubernetes: a file, $KUBECONFIG, or a pod around us."""
    return bool(settings.kubeconfig or _files(settings) or _in_pod())


def read_access(settings: KubeSettings) -> KubeAccess:
    """Read the files (blocking) and choose the context. Raises Denied."""
    files = _files(settings)
    if not files:
        return _service_account()
    merged = _merge(files)
    source = ", ".join(str(path) for path in files)
    name = settings.context or str(merged.get("current-context") or "")
    if not name:
        raise _wrong(source, "it names no current context", "Name one: `kubectl config use-context NAME`.")
    context = _named(merged, "contexts", name, source)
    cluster = _named(merged, "clusters", str(context.get("cluster") or ""), source, f"context {name}")
    user_name = str(context.get("user") or "")
    user = _named(merged, "users", user_name, source, f"context {name}") if user_name else {}
    server = cluster.get("server")
    if not isinstance(server, str) or not _is_address(server):
        raise _wrong(source, f"the cluster of context {name} has no server address", "Correct `server:` there.")
    namespace = settings.namespace or str(context.get("namespace") or "")
    return KubeAccess(server.rstrip("/"), name, user_name, namespace, source, cluster, user)


def data_or_file(section: Raw, name: str, source: str) -> bytes | None:
    """The bytes of `<name>-data` (base64), else of the file that `name` names. Raises Denied."""
    if data := section.get(f"{name}-data"):
        try:
            return base64.b64decode(str(data), validate=False)
        except binascii.Error as error:
            raise _wrong(source, f"{name}-data is not base64", "Copy the file from the cluster again.") from error
    path = section.get(name)
    return read_file(Path(str(path)), f"{name} of {source}") if path else None


def read_file(path: Path, what: str) -> bytes:
    """A small file. Raises Denied that says what it was wanted for."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES)
    except OSError as error:
        raise Denied(
            KUBERNETES, f"{path} ({what}) can't be read: {error.strerror}", "Correct the path or its permissions."
        ) from error


def _is_address(server: str) -> bool:
    try:
        parts = urlsplit(server)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _files(settings: KubeSettings) -> list[Path]:
    """The files to read; those of a list may be missing as long as one is there."""
    said = settings.kubeconfig or os.environ.get("KUBECONFIG", "")
    names = [Path(name).expanduser() for name in said.split(os.pathsep) if name] or [Path.home() / ".kube" / "config"]
    there = [path for path in names if path.exists()]
    return there or (names if said else [])


def _in_pod() -> bool:
    return bool(os.environ.get("KUBERNETES_SERVICE_HOST"))


def _service_account() -> KubeAccess:
    host, port = os.environ.get("KUBERNETES_SERVICE_HOST", ""), os.environ.get("KUBERNETES_SERVICE_PORT", "443")
    if not host:
        raise Denied(
            KUBERNETES,
            f"no kubeconfig was found: $KUBECONFIG is not set and {Path.home() / '.kube' / 'config'} is not there",
            "Copy one from the cluster and name it with --kubeconfig, or in `kubeconfig:` of the site.",
        )
    token, ca = SERVICE_ACCOUNT / "token", SERVICE_ACCOUNT / "ca.crt"
    read_file(token, "the token of the service account")
    space = SERVICE_ACCOUNT / "namespace"
    namespace = space.read_text().strip() if space.is_file() else ""
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return KubeAccess(
        f"https://{place}", "in-cluster", "service account", namespace, str(SERVICE_ACCOUNT),
        {"certificate-authority": str(ca)}, {"tokenFile": str(token)},
    )  # fmt: skip


def _merge(files: list[Path]) -> dict[str, Any]:
    merged: dict[str, Any] = {"clusters": {}, "contexts": {}, "users": {}, "current-context": ""}
    for path in files:
        raw = _load(path)
        merged["current-context"] = merged["current-context"] or raw.get("current-context")
        for part in ("clusters", "contexts", "users"):
            for entry in raw.get(part) or []:
                section = entry.get(part[:-1]) if isinstance(entry, dict) else None
                if isinstance(entry, dict) and isinstance(entry.get("name"), str):
                    found = _absolute(section if isinstance(section, dict) else {}, part, path.parent)
                    merged[part].setdefault(entry["name"], found)
    return merged


def _load(path: Path) -> Raw:
    text = read_file(path, "kubeconfig")
    try:
        raw = yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise _wrong(str(path), f"it is not YAML{where}", "Correct it, or copy it from the cluster again.") from error
    lists = ("clusters", "contexts", "users")
    if not isinstance(raw, dict) or not all(isinstance(raw.get(part) or [], list) for part in lists):
        raise _wrong(str(path), "it is no kubeconfig", "Name another file with --kubeconfig.")
    return raw


def _absolute(section: dict[str, Any], part: str, folder: Path) -> dict[str, Any]:
    """Paths of a section, relative to the file's folder, made absolute; so too the command of an exec plugin."""
    found = dict(section)
    for name in _PATHS.get(part, ()):
        if found.get(name):
            found[name] = str(folder.absolute() / str(found[name]))
    plugin = found.get("exec")
    if isinstance(plugin, dict) and "/" in str(plugin.get("command", "")):
        found["exec"] = {**plugin, "command": str(folder.absolute() / str(plugin["command"]))}
    return found


def _named(merged: Raw, part: str, name: str, source: str, asked_by: str = "") -> Raw:
    known = merged[part]
    if name in known:
        section: Raw = known[name]
        return section
    by = f", which {asked_by} names" if asked_by else ""
    there = ", ".join(sorted(known)) or "none"
    raise _wrong(source, f"there is no {part[:-1]} {name!r}{by} (there are: {there})", "Choose another one, or add it.")


def _wrong(source: str, what: str, remedy: str) -> Denied:
    return Denied(KUBERNETES, f"kubeconfig {source}: {what}", remedy)
