"""Names that were probably meant, among few and among many."""

from tui.checks.claim_names import MOST, did_you_mean


def test_what_is_like_it_is_found_and_nothing_else() -> None:
    names = ["gluster-replica3", "Gold", "kadalu.pool"]
    assert did_you_mean("gluster-replica-3", names) == "gluster-replica3"
    assert did_you_mean("gold", names) == "Gold"
    assert did_you_mean("pool", names) == "kadalu.pool"
    assert did_you_mean("slow", names) == ""
    assert did_you_mean("gold", []) == ""


def test_one_name_among_many_is_found_by_either_end() -> None:
    names = [f"team-{number:04}-data" for number in range(MOST - 2)]
    assert did_you_mean("team-0815-date", names) == "team-0815-data"
    assert did_you_mean("teams-0815-data", names) == "team-0815-data"
    assert did_you_mean("Team-0815-Data", names) == "team-0815-data"
    assert did_you_mean("uploads", [*names, "upload", "media-uploads"]) == "upload"
    assert did_you_mean("nothing-of-it", names) == ""


def test_among_very_many_nothing_is_guessed() -> None:
    names = [f"data-{number}" for number in range(MOST)]
    assert did_you_mean("date-7", names) == "data-7"
    assert did_you_mean("date-7", [*names, "more"]) == ""


def test_the_answer_does_not_depend_on_the_order() -> None:
    names = [f"pv-{number}{letter}" for number in range(300) for letter in "ab"]
    asked = [f"pw-{number}" for number in range(0, 300, 37)]
    assert [did_you_mean(name, names) for name in asked] == [did_you_mean(name, names[::-1]) for name in asked]
