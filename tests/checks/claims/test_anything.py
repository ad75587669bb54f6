"""Random clusters and random changes: the diagnosis never fails, and the book never keeps what is no longer true."""

from collections.abc import Iterator

import pytest

from tests.core.kube_world import World
from tui.checks.claim_book import FindingsBook
from tui.checks.claim_case import ClaimCase, ClaimWorld
from tui.checks.claims import diagnose, diagnose_class, diagnose_cluster, diagnose_volume, state_words
from tui.core.finding import Finding
from tui.core.kube import KINDS, MORE_KINDS, Key
from tui.core.kube_tables import KubeTables
from tui.pages import codes

VERSIONS = ((1, 20), (1, 25), (1, 26), (1, 31), (1, 36))


def _changes(seed: int, count: int) -> Iterator[ClaimWorld]:
    """The world after each of many random changes; all kinds are listed, empty to begin with."""
    world, tables = World(seed), KubeTables()
    tables.set_version(VERSIONS[seed % len(VERSIONS)])
    for kind in (*KINDS, *MORE_KINDS):
        tables.replace(kind, ())
    for _ in range(count):
        kind = world.kind()
        held = sorted(tables.table(kind))
        if held and world.below(4) == 0:
            tables.drop(kind, held[world.below(len(held))])
        else:
            tables.put(kind, world.make(kind))
        yield ClaimWorld(tables, 1000.0)


def _keys(world: ClaimWorld) -> list[Key]:
    return sorted({*world.tables.claims, *world.tables.claims_not_there()})


def _fresh(world: ClaimWorld, key: Key) -> tuple[Finding, ...]:
    return diagnose(ClaimCase(world, key, world.tables.claims.get(key)))


def _told(findings: tuple[Finding, ...]) -> list[tuple[object, ...]]:
    """All but evidence, remedies and proposals of names, which may speak of other objects only as a help."""
    return [
        (one.code, one.severity, one.sentence.partition(" - did you mean")[0], one.definite, one.about)
        for one in findings
    ]


@pytest.mark.parametrize("seed", range(30))
def test_whatever_is_there_each_finding_is_whole(seed: int) -> None:
    for number, world in enumerate(_changes(seed, 150)):
        if number % 10:
            continue
        found = list(diagnose_cluster(world))
        for key in _keys(world):
            own = _fresh(world, key)
            assert state_words(ClaimCase(world, key, world.tables.claims.get(key)), own)[0]
            found += own
        for volume in world.tables.volumes.values():
            found += diagnose_volume(world, volume)
        for one in world.tables.classes.values():
            found += diagnose_class(world, one)
        assert all(one.about and one.sentence and one.cause and one.code in codes() for one in found)


@pytest.mark.parametrize("seed", range(40))
def test_after_any_change_the_book_says_what_a_fresh_look_says(seed: int) -> None:
    book = FindingsBook()
    for world in _changes(seed, 120):
        before = {key: _told(book.of(key)) for key in _keys(world)}
        book.mark(world.tables.take_touched())
        changed = book.work(world, 10_000)
        for key in _keys(world):
            assert _told(book.of(key)) == _told(_fresh(world, key)), key
            assert key in changed or before[key] == _told(book.of(key))
