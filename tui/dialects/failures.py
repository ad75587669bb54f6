"""Whether a command worked, and if not, why, in words, with what to do now."""

import re
from typing import Final

from tui.core.plan import Result
from tui.dialects import gluster_xml
from tui.dialects.explanation import Explanation
from tui.dialects.failure_rules import HOLDERS, PACKAGES, RULES
from tui.dialects.heketi_failures import explain_heketi
from tui.dialects.kube_failures import explain_request
from tui.dialects.kube_request import is_request

__all__ = ["Explanation", "explain", "program_of", "succeeded"]

_NOISE: Final = re.compile(
    r"WARNING: This metadata update is NOT backed up|^\s*TEST MODE: |leaked on \w+ invocation"
    r"|dmesg\(1\) may have more information"
    r"|Run [`'].* --help'? for more information|^ControlSocket|^(real|user|sys)\s+\d+m|^\s*$"
    r"|WARNING: Failed to connect to lvmetad|^Warning: Permanently added"
)


def succeeded(result: Result) -> bool:
    """Whether the command did what it was asked; for XML opRet decides, since gluster exits 0 anyway."""
    if result.code is None:
        return False
    if result.command.xml:
        return gluster_xml.op_ret(result.stdout) == 0
    return result.code in result.command.ok


def explain(result: Result) -> Explanation:
    """The reason of a failure in one sentence, and the remedy, from what the command printed."""
    if result.code is None:
        return Explanation(
            f"'{program_of(result)}' did not come to its end, so whether it took effect is not known",
            "look at what is there now, then run it again",
        )
    if is_request(result.command):
        return _explain_answer(result)
    text, errno = _words_of(result)
    missing = _missing_program(result, text)
    if missing:
        return missing
    if result.command.argv[0] == "findmnt" and text:
        return Explanation(f"{_last_line(text)} is still mounted: something on the node uses it", HOLDERS)
    for rule in RULES:
        match = rule.pattern.search(text)
        if match:
            words = {"program": program_of(result), "last": result.command.argv[-1]}
            reason, remedy = (_fill(part, match, words) for part in (rule.reason, rule.remedy))
            return Explanation(reason, remedy, rule.transient or errno == gluster_xml.BUSY)
    line = _last_line(text)
    reason = line or f"'{program_of(result)}' failed with exit code {result.code}"
    return Explanation(reason, transient=errno == gluster_xml.BUSY)


def _explain_answer(result: Result) -> Explanation:
    """The reason why an API refused."""
    is_kube = result.command.argv[1].startswith(("/api/", "/apis/"))
    return explain_request(result) if is_kube else explain_heketi(result)


def program_of(result: Result) -> str:
    """The program with its subcommand, as an admin would name it ("lvm vgcreate")."""
    if is_request(result.command):
        return " ".join(result.command.argv[:2])
    words = [word for word in result.command.argv if not word.startswith("-")]
    kept = {"lvm": 2, "gluster": 3, "systemctl": 2}.get(words[0], 1)
    return " ".join(words[:kept])


def _words_of(result: Result) -> tuple[str, int]:
    """The text that tells the reason, and opErrno."""
    if result.command.xml and result.code != 127:
        answer = gluster_xml.read_answer(result)
        return answer.error, answer.errno
    return (result.stderr if _lines(result.stderr) else result.stdout), 0


def _missing_program(result: Result, text: str) -> Explanation | None:
    """Set where the shell or sudo did not find the program (the shell's exit code 127)."""
    by_sudo = re.search(r"^sudo: (\S+): command not found", text, re.MULTILINE)
    if result.code != 127 and not by_sudo:
        return None
    if re.search(r"\bsudo: (command )?not found", text):
        return Explanation("sudo is not installed on the node", "install sudo there, or log in as root")
    name = by_sudo[1] if by_sudo else result.command.argv[0]
    package = PACKAGES.get(name)
    return Explanation(f"{name} is not installed on the node", f"install {package} there" if package else "")


def _fill(template: str, match: re.Match[str], words: dict[str, str]) -> str:
    """Put the match's groups ({0} is the first) and the words into a rule's sentence."""
    groups = [(group or "").strip() for group in match.groups()]
    return template.format(*groups, **words).rstrip(" .:")


def _lines(text: str) -> list[str]:
    """The lines that say something."""
    return [line.strip() for line in text.splitlines() if not _NOISE.search(line)]


def _last_line(text: str) -> str:
    """The last line that says something; a usage text counts for nothing."""
    lines = _lines(re.split(r"^Usage:", text, maxsplit=1, flags=re.MULTILINE)[0])
    return lines[-1] if lines else ""
