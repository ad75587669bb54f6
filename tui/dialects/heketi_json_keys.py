"""The keys of heketi.json with the kinds of their values, as heketi 10 reads them."""

from typing import Final

TEXT, FLAG, WHOLE, NUMBER, OBJECT = "text", "boolean", "integer", "number", "object"

KEYS: Final = {
    "port": TEXT, "enable_tls": FLAG, "cert_file": TEXT, "key_file": TEXT, "use_auth": FLAG, "jwt": OBJECT,
    "backup_db_to_kube_secret": FLAG, "profiling": FLAG, "default_state": TEXT, "glusterfs": OBJECT,
}  # fmt: skip

GLUSTERFS: Final = {
    "executor": TEXT, "sshexec": OBJECT, "kubeexec": OBJECT, "mockexec": OBJECT, "injectexec": OBJECT, "db": TEXT,
    "db_read_only": FLAG, "loglevel": TEXT, "brick_max_size_gb": WHOLE, "brick_min_size_gb": WHOLE,
    "max_bricks_per_volume": WHOLE, "average_file_size_kb": WHOLE, "zone_checking": TEXT,
    "max_volumes_per_cluster": WHOLE, "pre_request_volume_options": TEXT, "post_request_volume_options": TEXT,
    "auto_create_block_hosting_volume": FLAG, "block_hosting_volume_size": WHOLE,
    "block_hosting_volume_options": TEXT, "disable_monitor_gluster_nodes": FLAG,
    "refresh_time_monitor_gluster_nodes": WHOLE, "start_time_monitor_gluster_nodes": WHOLE,
    "max_inflight_operations": WHOLE, "disable_background_cleaner": FLAG, "refresh_time_background_cleaner": WHOLE,
    "start_time_background_cleaner": WHOLE, "operation_retry_limits": OBJECT,
}  # fmt: skip

SSHEXEC: Final = {
    "keyfile": TEXT, "user": TEXT, "port": TEXT, "sudo": FLAG, "fstab": TEXT, "mountopts": TEXT,
    "snapshot_limit": WHOLE, "rebalance_on_expansion": FLAG, "backup_lvm_metadata": FLAG,
    "gluster_cli_timeout": WHOLE, "pv_data_alignment": TEXT, "vg_physicalextentsize": TEXT, "lv_chunksize": TEXT,
    "xfs_sw": WHOLE, "xfs_su": WHOLE, "debug_umount_failures": FLAG, "lvm_wrapper": TEXT, "block_prealloc": TEXT,
}  # fmt: skip

SAMPLE_SECRETS: Final = ("my secret", "adminkey", "userkey", "secret", "password", "admin", "user")
"""Keys that stand in the sample of heketi.json and in the tutorials that follow it."""
