"""Directory quotas, as gluster lists them."""

import pytest

from tests.dialects.answers import gluster_answer
from tui.core.plan import Result
from tui.core.quota import Quota
from tui.dialects.gluster_quota import parse_quotas, quota_list

LIMIT = """\
    <limit>
      <path>{path}</path>
      <hard_limit>{limit}</hard_limit>
      <soft_limit_percent>80%</soft_limit_percent>
      <soft_limit_value>858993459</soft_limit_value>
      <used_space>{used}</used_space>
      <avail_space>N/A</avail_space>
      <sl_exceeded>No</sl_exceeded>
      <hl_exceeded>{reached}</hl_exceeded>
    </limit>
"""


def answer(*rows: tuple[str, str, str, str]) -> Result:
    limits = "".join(LIMIT.format(path=p, limit=n, used=u, reached=r) for p, n, u, r in rows)
    text = f"<opRet>0</opRet><opErrno>0</opErrno><opErrstr/><volQuota>{limits}</volQuota>"
    return Result(quota_list("db"), 0, f'<?xml version="1.0"?><cliOutput>{text}</cliOutput>')


def test_the_command_is_what_an_admin_can_type() -> None:
    assert str(quota_list("db")) == "gluster --mode=script --xml volume quota db list"


def test_limits_with_what_is_used() -> None:
    rows = [("/", "1073741824", "0", "No"), ("/a &amp; b", "10", "12", "Yes"), ("/c", "10", "10", "No")]
    assert parse_quotas(answer(*rows)) == (
        Quota("/", 1073741824, 0), Quota("/a & b", 10, 12, is_reached=True), Quota("/c", 10, 10, is_reached=True),
    )  # fmt: skip


def test_what_nobody_counted_is_unknown_and_never_0() -> None:
    assert parse_quotas(answer(("/a", "10", "N/A", "N/A"), ("/b", "N/A", "5", "N/A"))) == (Quota("/a", 10, None),)
    assert parse_quotas(answer()) == ()


def test_that_no_folder_has_a_limit_is_told_as_a_failure_and_is_none() -> None:
    told = "<opRet>-1</opRet><opErrno>0</opErrno><opErrstr>No quota configured on volume v1</opErrstr>"
    assert parse_quotas(Result(quota_list("v1"), 0, f'<?xml version="1.0"?><cliOutput>{told}</cliOutput>')) == ()


def test_a_volume_without_quotas_says_so() -> None:
    # opRet decides, whatever the exit code
    for code in (2, 0):
        with pytest.raises(ValueError, match="quotas of the volume are switched off"):
            parse_quotas(gluster_answer("quota-disabled.xml", *quota_list("r3").argv, code=code))


@pytest.mark.parametrize(
    ("path", "folder", "meets"),
    [
        ("/", "/", True),
        ("/", "/a", True),
        ("/a", "/", True),
        ("/a", "", True),
        ("/a", "/a/b", True),
        ("/a", "/ab", False),
    ],
)
def test_a_limit_concerns_who_writes_above_or_below_it(path: str, folder: str, meets: bool) -> None:
    assert Quota(path, 10).concerns(folder) is meets
