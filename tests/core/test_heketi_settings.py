"""Where a heketi is, from the variables of heketi-cli."""

from tui.core.heketi_settings import HeketiSettings, from_environment


def test_the_variables_of_heketi_cli() -> None:
    environ = {"HEKETI_CLI_SERVER": " http://h:8080 ", "HEKETI_CLI_USER": "user", "HEKETI_CLI_KEY": "hush hush "}
    found = from_environment(environ)
    assert found == HeketiSettings("http://h:8080", "user", "hush hush ")
    assert "hush" not in repr(found)


def test_without_a_user_it_is_the_admin_and_without_a_server_nobody() -> None:
    assert from_environment({"HEKETI_CLI_SERVER": "http://h"}) == HeketiSettings("http://h", "admin", "")
    assert from_environment({"HEKETI_CLI_KEY": "x"}) is None
    assert from_environment({"HEKETI_CLI_SERVER": " "}) is None
