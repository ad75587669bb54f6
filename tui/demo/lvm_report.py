"""pvs, vgs and lvs in LVM's JSON (`--reportformat json --units b`): every value is a string."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from tui.demo.lvm_model import SPARE, Group, Pool
from tui.demo.options import Options
from tui.demo.reply import Reply

if TYPE_CHECKING:
    from tui.demo.machine import Machine

Row = dict[str, str]
SIZES: Final = {"pv_size", "pv_free", "vg_size", "vg_free", "vg_extent_size", "lv_size"}
# columns of segments: with one of them a logical volume of two segments has two rows
PER_SEGMENT: Final = {"thin_count", "segtype", "devices", "seg_size"}
DEFAULTS: Final = {
    "pvs": "pv_name,vg_name,pv_fmt,pv_attr,pv_size,pv_free",
    "vgs": "vg_name,pv_count,lv_count,snap_count,vg_attr,vg_size,vg_free",
    "lvs": "lv_name,vg_name,lv_attr,lv_size,pool_lv,origin,data_percent,metadata_percent",
}


def report(machine: "Machine", name: str, options: Options) -> Reply:
    """One of the three reports."""
    wanted = options.last("-o", "--options")
    columns = (DEFAULTS[name] + wanted.replace("+", ",", 1) if wanted.startswith("+") else wanted) or DEFAULTS[name]
    names = columns.split(",")
    rows, err = ROWS[name](machine, options, names)
    suffix = "" if "--nosuffix" in options else "B"
    lines = [
        "                  {"
        + ", ".join(f'"{c}":"{row.get(c, "")}{suffix if c in SIZES else ""}"' for c in names)
        + "}"
        for row in rows
    ]
    body = ",\n".join(lines) + ("\n" if lines else "")
    inside = f'              "{name[:2]}": [\n{body}              ]\n'
    out = f'  {{\n      "report": [\n          {{\n{inside}          }}\n      ]\n  }}\n'
    return Reply(5 if err else 0, out, err)


def _pvs(machine: "Machine", options: Options, columns: Sequence[str]) -> tuple[list[Row], str]:
    lvm, rows, err = machine.lvm, list[Row](), ""
    for device in machine.devices.all.values():
        path = next((p for p in device.links if p.startswith("/dev/vd")), device.path)
        pv = lvm.pv_of(device)
        bare = "-a" in options and device.type in ("disk", "part") and not device.signatures
        if pv is None and not bare:
            continue
        row = {"pv_name": path, "pv_size": "0", "pv_free": "0", "pv_missing": "", "pv_fmt": "", "pv_attr": "---"}
        row |= {"pv_major": str(device.number[0]), "pv_minor": str(device.number[1])}
        if pv is not None:
            group = lvm.groups.get(pv.vg)
            row |= {"pv_uuid": pv.uuid, "vg_name": pv.vg, "pv_fmt": "lvm2", "pv_attr": "a--" if group else "---"}
            size = group.usable(pv) if group else device.size
            row |= {"pv_size": str(size), "pv_free": str(group.free if group else device.size)}
        rows.append(row)
    for path in options.words:
        if not any(row["pv_name"] == path for row in rows):
            err += f'  Failed to find physical volume "{path}".\n'
    wanted = [row for row in rows if not options.words or row["pv_name"] in options.words]
    return sorted(wanted, key=lambda row: row["pv_name"]), err


def _vgs(machine: "Machine", options: Options, columns: Sequence[str]) -> tuple[list[Row], str]:
    rows, err = [], ""
    for name in options.words or sorted(machine.lvm.groups):
        group = machine.lvm.groups.get(name)
        if group is None:
            err += f'  Volume group "{name}" not found\n  Cannot process volume group {name}\n'
            continue
        row = {"vg_name": name, "vg_uuid": group.uuid, "vg_size": str(group.size), "vg_free": str(group.free)}
        row |= {"vg_extent_size": str(group.extent), "vg_tags": ",".join(sorted(group.tags)), "vg_attr": "wz--n-"}
        row |= {"pv_count": str(len(group.pvs)), "lv_count": str(group.visible), "snap_count": "0"}
        rows.append(row)
    return rows, err


def _lvs(machine: "Machine", options: Options, columns: Sequence[str]) -> tuple[list[Row], str]:
    rows, err = list[Row](), ""
    for target in options.words or sorted(machine.lvm.groups):
        vg, _, lv = target.partition("/")
        group = machine.lvm.groups.get(vg)
        if group is None:
            err += f'  Volume group "{vg}" not found\n  Cannot process volume group {vg}\n'
            continue
        found = [row for row in _rows_of(machine, group, columns) if not lv or row["lv_name"] == lv]
        if lv and not found:
            err += f'  Failed to find logical volume "{vg}/{lv}"\n'
        rows += [row for row in found if "-a" in options or not row["lv_name"].startswith("[")]
    return rows, err


def _rows_of(machine: "Machine", group: Group, columns: Sequence[str]) -> list[Row]:
    rows = [row for pool in group.pools.values() for row in _pool_rows(machine, group, pool)]
    if group.spare:
        spare = {"lv_name": f"[{SPARE}]", "lv_uuid": group.spare_uuid, "lv_size": str(sum(group.spare))}
        spare |= {"lv_attr": "ewi-------", "lv_kernel_major": "-1", "lv_kernel_minor": "-1"}
        rows += [spare] * (len(group.spare) if PER_SEGMENT & set(columns) else 1)
    return sorted(({"vg_name": group.name} | row for row in rows), key=lambda row: row["lv_name"].strip("["))


def _pool_rows(machine: "Machine", group: Group, pool: Pool) -> list[Row]:
    meta, data, inner, _ = pool.devices
    rows = [
        {
            "lv_name": pool.name, "lv_uuid": pool.uuids[0], "lv_size": str(pool.size), "lv_attr": "twi-aotz--",
            "data_percent": f"{pool.data_percent:.2f}", "metadata_percent": f"{pool.metadata_percent:.2f}",
            "thin_count": str(len(pool.thins)), **_number(inner.number),
        },
        {
            "lv_name": f"[{pool.name}_tdata]", "lv_uuid": pool.uuids[1], "lv_size": str(pool.size),
            "lv_attr": "Twi-ao----", **_number(data.number),
        },
        {
            "lv_name": f"[{pool.name}_tmeta]", "lv_uuid": pool.uuids[2], "lv_size": str(pool.metadata),
            "lv_attr": "ewi-ao----", **_number(meta.number),
        },
    ]  # fmt: skip
    for thin in pool.thins:
        percent = 100 * thin.mapped * 256 * 1024 / thin.size
        opened = "o" if machine.in_use(thin.device) else "-"
        row = {"lv_name": thin.name, "lv_uuid": thin.uuid, "lv_size": str(thin.size), "pool_lv": pool.name}
        row |= {"lv_attr": f"Vwi-a{opened}tz--", "data_percent": f"{percent:.2f}", "lv_tags": ",".join(thin.tags)}
        rows.append(row | _number(thin.device.number))
    return rows


def _number(number: tuple[int, int]) -> Row:
    return {"lv_kernel_major": str(number[0]), "lv_kernel_minor": str(number[1])}


ROWS: Final = {"pvs": _pvs, "vgs": _vgs, "lvs": _lvs}
