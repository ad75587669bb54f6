"""The small shell: what the scripts of the app need, and nothing of the host."""

from collections.abc import Sequence

import pytest

from tui.demo.minishell import Shell, ShellSyntaxError
from tui.demo.reply import Reply


async def script(text: str) -> tuple[int, str, str, list[list[str]]]:
    """Exit code, both outputs, and what was run; programs echo, `bad` fails with 3."""
    out, err, ran = [], [], list[list[str]]()

    async def run(argv: Sequence[str], stdin: str) -> Reply:
        ran.append(list(argv))
        if argv[0] == "bad":
            return Reply(3, "", "it is bad\n")
        return Reply(0, stdin + "|".join(argv) + "\n")

    async def emit(to_out: str, to_err: str) -> None:
        out.append(to_out)
        err.append(to_err)

    shell = Shell(run, emit)
    for line in text.splitlines(keepends=True):
        if not shell.exited:
            await shell.feed(line)
    return await shell.finish(), "".join(out), "".join(err), ran


@pytest.mark.parametrize(
    ("text", "out"),
    [
        ("run 'a  b' \"c d\" e\\ f\n", "run|a  b|c d|e f\n"),
        ("run 'it'\"'\"'s' ''\n", "run|it's|\n"),
        ("X=1; run $X '$X' \"$X\"2\n", "run|1|$X|12\n"),
        ("printf '\\n%s %s\\n' a 1\n", "\na 1\n"),
        ("printf %s 'two\nlines' | run\n", "two\nlinesrun\n"),
        ("run </dev/null\nr=$?\nprintf '%s' $r\n", "run\n0"),
        ("bad 2>/dev/null; printf %s $?\n", "3"),
        ("bad || run b && run c\n", "run|b\nrun|c\n"),
        ("true && exit 0\nrun never\n", "true\n"),
        ("run '#a' # not this\n", "run|#a\n"),
        ("run a>/dev/null; run 2a\n", "run|2a\n"),
    ],
)
async def test_output(text: str, out: str) -> None:
    assert (await script(text))[1] == out


async def test_codes_and_errors() -> None:
    code, out, err, ran = await script("run x >&2\nbad\n")
    assert (code, out, err) == (3, "", "run|x\nit is bad\n")
    assert ran == [["run", "x"], ["bad"]]


async def test_nothing_runs_while_a_quote_is_open() -> None:
    code, _, err, ran = await script("run 'a\nrun b\n")
    assert (code, ran) == (2, [])
    assert "Unterminated quoted string" in err


@pytest.mark.parametrize("text", ["run $(id)\n", "run `id`\n", "(run)\n", "run > /etc/passwd\n", "run & run\n"])
async def test_what_it_does_not_know_is_an_error(text: str) -> None:
    with pytest.raises(ShellSyntaxError):
        await script(text)
