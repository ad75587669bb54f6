"""The book of findings: what is marked is looked at again, and only changes are told."""

from collections.abc import Iterator

from tests.corpus.build import NOW, Cluster
from tests.corpus.test_corpus import ALL
from tui.checks.claim_book import FindingsBook
from tui.checks.claim_case import ClaimCase, ClaimWorld
from tui.checks.claims import diagnose
from tui.core.finding import Finding
from tui.core.kube_tables import KubeTables
from tui.dialects.kube import parse

CLAIMS, CLASSES = "persistentvolumeclaims", "storageclasses"


def _world() -> ClaimWorld:
    cluster = Cluster().storage_class("slow", "org.example/x")
    for number in range(7):
        cluster.claim(f"db-{number}", cls="gone")
    return cluster.world()


def test_marked_claims_are_looked_at_as_many_at_once_as_is_asked_for() -> None:
    world, book = _world(), FindingsBook()
    book.mark(world.tables.take_touched())
    assert book.waiting == 7
    assert len(book.work(world, 3)) == 3
    assert book.waiting == 4
    book.work(world, 100)
    assert book.waiting == 0
    assert book.work(world, 100) == set()
    assert [one.code for one in book.of(("default", "db-0"))] == ["C1"]
    assert len(list(book.all())) == 7


def test_only_what_changed_is_told() -> None:
    world, book = _world(), FindingsBook()
    keys = world.tables.take_touched()
    book.mark(keys)
    book.work(world, 100)
    book.mark(keys)
    assert book.work(world, 100) == set()
    claim = parse(CLAIMS, Cluster().claim("db-0", cls="slwo").objects[CLAIMS][("default", "db-0")])
    assert claim is not None
    world.tables.put(CLAIMS, claim)
    book.mark(world.tables.take_touched())
    assert book.work(world, 100) == {("default", "db-0")}


def test_a_class_that_comes_takes_the_findings_away() -> None:
    world, book = _world(), FindingsBook()
    book.mark(world.tables.take_touched())
    book.work(world, 100)
    made = parse(CLASSES, Cluster().storage_class("gone", "org.example/x").objects[CLASSES][("", "gone")])
    assert made is not None
    world.tables.put(CLASSES, made)
    book.mark(world.tables.take_touched())
    assert len(book.work(world, 100)) == 7
    assert "C1" not in {one.code for one in book.all()}


def test_what_is_dropped_is_forgotten() -> None:
    world, book = _world(), FindingsBook()
    book.mark(world.tables.take_touched())
    book.work(world, 5)
    first = next(iter(book.keys()))
    book.drop([first])
    assert book.of(first) == ()
    book.drop()
    assert (book.waiting, list(book.all())) == (0, [])


def _all_at_once() -> Iterator[tuple[KubeTables, ClaimWorld]]:
    """The worlds of the corpus, filled object by object in another order than they were made."""
    for case in ALL:
        cluster = case.build()
        whole = cluster.world()
        tables = KubeTables()
        tables.set_version(cluster.version)
        for kind in whole.tables.parts:
            if whole.tables.is_listed(kind):
                tables.replace(kind, ())
            tables.set_part(kind, whole.tables.parts[kind])
        yield tables, ClaimWorld(tables, NOW, cluster.snapshot, dict(cluster.probes))
        for kind in reversed(list(cluster.objects)):
            for obj in whole.tables.table(kind).values():
                tables.put(kind, obj)
                yield tables, ClaimWorld(tables, NOW, cluster.snapshot, dict(cluster.probes))
        yield KubeTables(), whole


def _told(findings: tuple[Finding, ...]) -> list[tuple[object, ...]]:
    """All but evidence, remedies and proposals of names, which may speak of other objects only as a help."""
    return [
        (one.code, one.severity, one.sentence.partition(" - did you mean")[0], one.definite, one.about, one.cause)
        for one in findings
    ]


def test_object_by_object_the_book_comes_to_the_same_as_from_scratch() -> None:
    """Whatever came last: a claim that was not touched has no other findings than a fresh look gives it."""
    book, compared = FindingsBook(), 0
    before: ClaimWorld | None = None
    for tables, world in _all_at_once():
        if world.tables is tables:
            book.mark(tables.take_touched())
            book.work(world, 10_000)
            before = world
            continue
        assert before is not None
        for key in {*before.tables.claims, *before.tables.claims_not_there()}:
            fresh = diagnose(ClaimCase(before, key, before.tables.claims.get(key)))
            assert _told(book.of(key)) == _told(fresh), key
            compared += 1
        book = FindingsBook()
    assert compared > 50
