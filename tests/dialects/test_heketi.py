"""What is signed, how long is waited, and what heketi's refusals mean."""

import hashlib
import json

import pytest

from tui.dialects import heketi, heketi_requests
from tui.dialects.heketi_requests import VolumeWish


def test_a_token_is_for_one_method_and_path_without_its_query() -> None:
    found = heketi.claims("admin", "GET", "/clusters?x=1", 1000.7)
    assert found == {
        "iss": "admin",
        "iat": 1000,
        "exp": 1300,
        "qsh": hashlib.sha256(b"GET&/clusters").hexdigest(),
    }
    assert heketi.request_hash("POST", "/clusters") != found["qsh"]


def test_the_queue_is_asked_fast_first_and_then_less_often() -> None:
    pauses = [heketi.poll_pause(tries) for tries in range(30)]
    assert pauses == sorted(pauses)
    assert pauses[0] == 0.002
    assert pauses[-1] == 2.0
    assert sum(pauses[:5]) < 0.2


@pytest.mark.parametrize(
    ("tries", "asked", "seconds"), [(0, "", 0.25), (3, "", 2.0), (50, "", 10.0), (0, "7", 7.0), (0, "99999", 60.0)]
)
def test_a_busy_heketi_is_left_alone_as_long_as_it_asks(tries: int, asked: str, seconds: float) -> None:
    assert heketi.busy_pause(tries, asked) == seconds


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Invalid JWT token: signature is invalid (client and server secrets may not match)\n", 'key of user "me"'),
        ("Administrator access required\n", "may only create and list volumes"),
        ("Invalid JWT token: Unknown user\n", 'knows no user "me"'),
        ("Invalid JWT token: Token missing iss claim\n", 'knows no user "me"'),
        ("Required authorization token not found\n", "wants a key"),
        ("Invalid qsh claim in token\n", "changes the path"),
        ("Invalid JWT token: Token is expired by 5s\n", "heketi's clock is 305 s ahead of ours"),
        ("Invalid JWT token: Token used before issued (client and server clocks may differ)", "305 s ahead"),
        ("", "HTTP 401"),
    ],
)
def test_each_refusal_of_a_token_says_what_is_wrong(text: str, words: str) -> None:
    reason, remedy = heketi.refusal(401, text, "me", 305.0)
    assert words in reason
    assert remedy


@pytest.mark.parametrize(
    ("skew", "words"),
    [(None, ""), (0.4, ""), (-214.0, "heketi's clock is 214 s behind ours"), (9.0, "heketi's clock is 9 s ahead of")],
)
def test_how_clocks_differ(skew: float | None, words: str) -> None:
    assert words in heketi.skew_words(skew)
    assert bool(heketi.skew_words(skew)) == bool(words)


def test_a_volume_is_asked_for_with_nothing_that_is_not_meant() -> None:
    assert heketi_requests.create_volume(VolumeWish(10)).body == json.dumps(
        {"size": 10, "durability": {"type": "replicate", "replicate": {"replica": 3}}}
    )
    wish = VolumeWish(100, "v", "disperse", data=2, redundancy=1, gid=2001, options=("a b",), snapshot_factor=1.5)
    assert json.loads(heketi_requests.create_volume(wish).body) == {
        "size": 100,
        "name": "v",
        "durability": {"type": "disperse", "disperse": {"data": 2, "redundancy": 1}},
        "gid": 2001,
        "glustervolumeoptions": ["a b"],
        "snapshot": {"enable": True, "factor": 1.5},
    }


def test_a_request_is_a_command_of_a_plan() -> None:
    command = heketi_requests.delete_device("ab", forget=True).command()
    assert command.argv == ("DELETE", "/devices/ab")
    assert command.stdin == '{"forceforget": true}'
    assert command.ok == (200, 201, 204, 303)
