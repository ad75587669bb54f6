"""The configuration file: ~/.config/brickyard/config.yaml, or the one that is named.

read_only: false
default_site: lab
sites:
  lab:
    nodes: [10.77.0.11, {manage: node2, storage: 10.77.0.12, zone: 2, devices: [/dev/sdb]}]
    ssh: {user: root, key: ~/.ssh/id_ed25519}
"""

import os
import stat
from pathlib import Path

import platformdirs

from tui.config_schema import read_config
from tui.config_types import BrickSettings, Config, ConfigError, HeketiSettings, SiteConfig, SshSettings
from tui.config_write import write_first_config
from tui.core.document import Problem, parse_document
from tui.core.topology_fields import Notes

__all__ = [
    "BrickSettings", "Config", "ConfigError", "HeketiSettings", "SiteConfig", "SshSettings",
    "config_path", "load_config", "write_first_config",
]  # fmt: skip

ENVIRONMENT = "BRICKYARD_CONFIG"


def config_path(path: Path | None = None) -> Path:
    """Where the configuration is: `path`, else $BRICKYARD_CONFIG, else the usual place (XDG)."""
    named = path or os.environ.get(ENVIRONMENT, "")
    return Path(named).expanduser() if named else platformdirs.user_config_path("brickyard") / "config.yaml"


def load_config(path: Path | None = None) -> Config:
    """Read the configuration. Without a file it has no sites and is `missing`.

    Raises ConfigError with all problems at once.
    """
    file = config_path(path)
    try:
        text = file.read_bytes()
    except FileNotFoundError:
        return Config(file, missing=True)
    except OSError as error:
        reason = f"the configuration can't be read: {error.strerror or error}"
        raise ConfigError([Problem(str(file), 1, 1, "error", reason)]) from error
    root, problems = parse_document(text, str(file))
    notes = Notes(str(file), problems)
    _warn_writable(file, notes)
    sites, default, read_only = read_config(root, notes, file.absolute().parent) if root else ((), "", False)
    errors = [problem for problem in notes.problems if problem.severity == "error"]
    if errors:
        raise ConfigError(sorted(errors, key=lambda problem: (problem.file != str(file), problem.line, problem.column)))
    return Config(file, sites, default, read_only, warnings=tuple(notes.problems))


def _warn_writable(file: Path, notes: Notes) -> None:
    """Who may write the file decides where root logs in, and with which key."""
    mode = file.stat().st_mode
    if stat.S_ISREG(mode) and mode & 0o022:
        text = f"other users may change this file (mode {mode & 0o777:04o}): chmod 600 {file}"
        notes.problems.append(Problem(str(file), 1, 1, "warning", text))
