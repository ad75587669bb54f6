"""All that is known of a claim, a PersistentVolume or a StorageClass, as labelled lines. Pure, but for the time."""

from collections.abc import Iterable
from typing import Final

from screens.claim_rows import ClaimRow, look, waiting_pods
from screens.columns_classes import ClassRow
from screens.words import BAD, DIM, PLAIN, WARN
from tui.core.chain_kube import source_words, volume_words
from tui.core.finding import Finding, Severity
from tui.core.kube import Claim, PersistentVolume, StorageClass
from tui.core.kube_policy import access_words, short_modes, what_deletion_does
from tui.core.kube_source import KubeSource
from tui.core.kube_tables import KubeTables
from tui.core.units import format_age, format_size

Line = tuple[str, str, str]  # label ("" under the one above, "-" a heading), text, style

_TONES: Final = {Severity.ERROR: BAD, Severity.WARNING: WARN, Severity.INFO: DIM}
MOST_NAMED: Final = 10


def details_of_kube(
    source: KubeSource, thing: ClaimRow | PersistentVolume | ClassRow, now: float
) -> tuple[str, list[Line]]:
    """The title and the lines."""
    tables = source.tables
    if isinstance(thing, ClaimRow):
        title = f"claim {'/'.join(thing.key)}"
        if thing.claim is None:
            return title, _why(source, thing)
        return title, _claim(source, thing, thing.claim, now)
    if isinstance(thing, PersistentVolume):
        return f"PersistentVolume {thing.name}", _volume(tables, thing, now)
    return f"StorageClass {thing.name}", _class(tables, thing, now)


def _claim(source: KubeSource, row: ClaimRow, claim: Claim, now: float) -> list[Line]:
    tables = source.tables
    volume = tables.volume_of(claim)
    pods = tables.pods_of(row.key)
    waiting = {pod.key for pod in waiting_pods(tables, row.key)}
    lines = [
        *_why(source, row),
        ("class", claim.class_name or "none", PLAIN),
        ("size", _size(claim), PLAIN),
        ("asks for", short_modes(claim.access_modes), PLAIN),
        ("volume", claim.volume_name or "none yet", PLAIN if claim.volume_name else DIM),
        *([("stands on", source_words(volume), PLAIN)] if volume is not None else []),
        ("age", _age(claim.created, now), PLAIN),
        *([("being deleted", f"since {_age(claim.deleted, now)}", WARN)] if claim.deleted is not None else []),
        ("-", f"pods ({len(pods)})", PLAIN),
    ]
    lines += [(pod.name, "waits" if pod.key in waiting else pod.phase.lower(), WARN if pod.key in waiting else PLAIN)
              for pod in pods[:MOST_NAMED]]  # fmt: skip
    lines += [("-", "access modes", PLAIN), *_sentences(access_words(claim.access_modes))]
    return [*lines, *_deletion(tables, claim, volume)]


def _volume(tables: KubeTables, volume: PersistentVolume, now: float) -> list[Line]:
    word, reason, severity = volume_words(volume)
    claim = tables.claims.get(volume.claim.key) if volume.claim else None
    holds = claim if claim is not None and volume.claim and volume.claim.uid in ("", claim.uid) else None
    lines = [
        _state(word, reason, severity),
        ("claim", "/".join(volume.claim.key) if volume.claim else "free", PLAIN if volume.claim else DIM),
        *([("", "this claim is gone", WARN)] if volume.claim and holds is None else []),
        ("class", volume.class_name or "none", PLAIN),
        ("size", format_size(volume.capacity), PLAIN),
        ("access modes", short_modes(volume.access_modes), PLAIN),
        ("policy", volume.reclaim_policy, PLAIN),
        ("stands on", source_words(volume), PLAIN),
        *([("endpoints", "/".join(filter(None, volume.endpoints_key)), PLAIN)] if volume.endpoints_key else []),
        *([("group id", volume.gid, PLAIN)] if volume.gid else []),
        *([("heketi id", volume.heketi_volume, DIM)] if volume.heketi_volume else []),
        *([("made by", volume.provisioned_by, DIM)] if volume.provisioned_by else []),
        ("age", _age(volume.created, now), PLAIN),
        *_pairs("labels", volume.labels.items()),
        ("-", "access modes", PLAIN),
        *_sentences(access_words(volume.access_modes)),
    ]
    return [*lines, *_deletion(tables, holds, volume)]


def _class(tables: KubeTables, row: ClassRow, now: float) -> list[Line]:
    lines = [_state(row.state, row.reason, row.severity)]
    one = row.storage_class
    if one is not None:
        binding = "when the first pod needs it" if one.waits_for_consumer else "at once"
        lines += [
            ("provisioner", one.provisioner, PLAIN),
            ("policy", _policy(one), PLAIN),
            ("binds", binding, PLAIN),
            ("grows", "yes" if one.expands else "no: allowVolumeExpansion is not set", PLAIN),
            ("age", _age(one.created, now), PLAIN),
        ]
    lines += [("claims", f"{row.claims}, {row.waiting} of them wait", PLAIN), ("volumes", str(row.volumes), PLAIN)]
    if one is not None:
        lines += _pairs("parameters", one.parameters.items())
        for secret in one.secrets:
            held = tables.secrets.get(secret)
            said = f"type {held.type}, keys {', '.join(held.keys) or 'none'}" if held else "not there, or not readable"
            lines.append(("secret " + "/".join(secret), said, PLAIN if held else WARN))
    waiting = sorted(claim.key for claim in tables.pending_of_class(row.name))[:MOST_NAMED] if row.waiting else []
    return [*lines, *([("-", "claims that wait", PLAIN)] if waiting else []), *_sentences(map("/".join, waiting))]


def _policy(one: StorageClass) -> str:
    words = {
        "Delete": "Delete: with the claim the volume and its data go",
        "Retain": "Retain: the data stays when the claim goes",
        "Recycle": "Recycle: deprecated",
    }
    return words.get(one.reclaim_policy, one.reclaim_policy)


def _deletion(tables: KubeTables, claim: Claim | None, volume: PersistentVolume | None) -> Iterable[Line]:
    one = tables.classes.get(("", volume.class_name)) if volume is not None else None
    said = what_deletion_does(claim, volume, one, tables.version or (0, 0))
    if said:
        yield "-", "if the claim was deleted now" if claim is not None else "if it was deleted now", PLAIN
        for sentence in said:
            yield "", sentence, BAD if "ALL DATA IS LOST" in sentence else PLAIN


def _why(source: KubeSource, row: ClaimRow) -> list[Line]:
    """The state, and what is wrong; the reason in the row is the first of that."""
    findings = source.findings(row.key)
    return [_state(row.state, "" if findings else row.reason, row.severity), *_findings(findings)]


def _findings(findings: Iterable[Finding]) -> Iterable[Line]:
    for finding in findings:
        yield finding.code, finding.sentence, _TONES[finding.severity]
        if finding.cause:
            yield "", finding.cause, DIM


def _sentences(sentences: Iterable[str]) -> list[Line]:
    return [("", sentence, PLAIN) for sentence in sentences]


def _pairs(heading: str, pairs: Iterable[tuple[str, str]]) -> list[Line]:
    lines = [(key, value, PLAIN) for key, value in sorted(pairs)]
    return [("-", heading, PLAIN), *lines] if lines else []


def _state(word: str, reason: str, severity: int) -> Line:
    sign, tone = look(word, severity)
    return "state", f"{sign} {word}" + (f": {reason}" if reason else ""), tone


def _size(claim: Claim) -> str:
    has, asks = claim.capacity, claim.request
    if has is not None and has != asks:
        return f"{format_size(has)}, asks for {format_size(asks)}"
    return format_size(has if has is not None else asks)


def _age(created: float, now: float) -> str:
    return format_age(now - created) if created else "-"
