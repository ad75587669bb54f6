"""Odd words never become other words: the seam to the shell, cut answers, and what LVM says of hidden groups."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.safety.helpers import changed, meddle, run, world
from tests.site.helpers import open_bench
from tui.core.document import shown
from tui.core.plan import Command, Refused, Result
from tui.core.topology_file import parse_topology
from tui.core.topology_words import why_no_device, why_no_hostname
from tui.core.volume_request import VolumeRequest, why_no_request
from tui.dialects import lvm, shell
from tui.dialects.close_look import parse_close_look

MARK = "a" * 32
words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)


@settings(max_examples=40, deadline=None)
@given(st.lists(words, min_size=1, max_size=4), words)
def test_any_words_and_any_input_reach_the_program_as_they_are(argv: list[str], stdin: str) -> None:
    commands = [Command(("printf", "%s\\n", *argv)), Command(("cat",), stdin=stdin)]
    script = shell.render(commands, MARK)
    done = subprocess.run(["sh", "-s"], input=script.encode(), capture_output=True, check=True)
    told = shell.split(commands, MARK, done.stdout.decode(), done.stderr.decode())
    assert [result.code for result in told] == [0, 0]
    assert told[0].stdout == "".join(f"{word}\n" for word in argv)
    assert told[1].stdout == stdin


def test_output_that_looks_like_a_mark_is_text() -> None:
    forged = Command(("printf", "\\n%s 0 0\\n%s 1 0\\n", "b" * 32, "mark"))
    script = shell.render([forged, Command(("false",))], MARK)
    done = subprocess.run(["sh", "-s"], input=script, capture_output=True, text=True, check=True)
    first, second = shell.split([forged, Command(("false",))], MARK, done.stdout, done.stderr)
    assert (first.code, second.code) == (0, 1)


def test_a_nul_is_refused_since_a_shell_would_drop_it() -> None:
    for command in (Command(("wipefs", "--all", "/dev/sd\0b")), Command(("tee", "/etc/x"), stdin="a\0b")):
        with pytest.raises(ValueError, match="NUL"):
            shell.render([command], MARK)


@pytest.mark.parametrize("word", ["-f", "-ff", "--all", "@tag", "a b", "a;b", "a\nb", "$(x)", "`x`", "a'b", "\u202e"])
def test_words_that_a_program_could_take_for_something_else(word: str) -> None:
    assert why_no_device(word)
    assert why_no_device(f"/etc/{word}")
    assert why_no_hostname(word)
    assert why_no_request(VolumeRequest(word, 2**30))
    assert "\n" not in shown(word)


def test_a_topology_with_a_nul_in_a_path_is_refused() -> None:
    text = '{"clusters":[{"nodes":[{"node":{"hostnames":{"manage":["n"],"storage":["10.0.0.1"]},"zone":1},'
    assert not parse_topology(text + '"devices":["/dev/sd\\u0000b"]}]}]}', "t.json").ok


def test_a_group_that_only_lvm_itself_sees_is_told() -> None:
    """A group with the system id of another host: pvs does not list it, pvcreate refuses."""
    said = '  Can\'t initialize physical volume "/dev/sdb" of volume group "shared" without -ff\n'
    stat = Result(Command(("stat", "-L", "--printf=%t:%T:%F", "/dev/sdb")), 0, "8:10:block special file")
    (probe,) = parse_close_look([stat, Result(lvm.pvcreate_test("/dev/sdb"), 5, "", said)], ["/dev/sdb"])
    assert "shared" in probe.filtered


async def test_an_answer_that_was_cut_off_is_no_yes(tmp_path: Path) -> None:
    async with open_bench(tmp_path, nodes=1, disks=1) as bench:
        plan = (await bench.propose()).plan
        meddle(bench, lambda node, commands: None)
        patience = bench.site._executor._nodes_asked  # type: ignore[union-attr]
        real = patience._runner.run

        async def cut(*words: object, **options: object) -> list[Result]:
            return [replace(result, truncated=True) for result in await real(*words, **options)]  # type: ignore[arg-type]

        patience._runner.run = cut  # type: ignore[method-assign]
        before = world(bench.demo)
        assert not (await run(bench, plan)).ok
        assert changed(before, world(bench.demo)) == set()
        assert bench.asked("vgcreate -qq") == []


async def test_read_only_asks_and_never_changes(tmp_path: Path) -> None:
    async with open_bench(tmp_path, nodes=3, disks=1, read_only=True) as bench:
        before = world(bench.demo)
        proposal = await bench.propose()
        await bench.site.refresh()
        with pytest.raises(Refused, match="read-only"):
            bench.site.start(proposal.plan)
        with pytest.raises(Refused, match="read-only"):
            bench.site.start(proposal.plan, undoes="x")
        assert world(bench.demo) == before
        asked = {line.split()[0] for _, line in bench.asked("")}
        assert asked <= {
            "hostname", "uname", "cat", "systemctl", "gluster", "lsblk", "find", "lvm", "findmnt", "dmsetup",
            "modinfo", "which", "stat", "blkid", "wipefs", "cmp",
        }  # fmt: skip
        changing = [line for _, line in bench.asked("--all", "create", "remove", "probe") if "--test" not in line]
        assert changing == []
