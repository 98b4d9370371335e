"""SQLite and PostgreSQL keep one promise: every test runs on both, and both find the same."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from assistant.storage.database import connect
from knowledge import schema
from knowledge.analysis import analyse
from knowledge.evaluation import load_development
from knowledge.guidance import Guidance, build_index
from knowledge.index import GuidanceIndex, IndexMissing
from knowledge.index_stores import index_of
from knowledge.library import DocumentExists, add_document, list_documents, remove_document

POLICY = """# Gate passes

## Laptops

Staff who bring a laptop through the gate must hold a laptop pass signed by the head of security. A pass lasts 90 days.
"""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_store(
    request: pytest.FixtureRequest, guidance_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The shipped guidance in each kind of store, for tests that only read."""
    if request.param == "sqlite":
        yield guidance_database
        return
    with request.getfixturevalue("new_postgresql")() as url:
        build_index(url, vectors_of=guidance_database)
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, guidance_database: str, tmp_path: Path) -> str:
    """An index that a test may change: the documents with an empty bank, so that it is quickly made."""
    if request.param == "postgresql":
        url = str(request.getfixturevalue("postgresql_url"))
    else:
        url = f"sqlite:///{tmp_path / 'guidance.db'}"
    build_index(url, bank=[], vectors_of=guidance_database)
    return url


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.md"
    path.write_text(POLICY, encoding="utf-8")
    return path


def _index(url: str) -> GuidanceIndex:
    return index_of(connect(url))


def test_an_empty_database_has_no_index(postgresql_url: str, tmp_path: Path) -> None:
    for url in (postgresql_url, f"sqlite:///{tmp_path / 'empty.db'}"):
        with pytest.raises(IndexMissing):
            _index(url).snapshot()


def test_another_kind_of_database_is_refused_by_name() -> None:
    class Other:
        class dialect:
            name = "oracle"

    with pytest.raises(ValueError, match="oracle"):
        index_of(Other())  # type: ignore[arg-type]


def test_both_stores_score_every_word_alike(shared_store: str, guidance: Guidance) -> None:
    sqlite = guidance._index
    other = _index(shared_store)
    for terms in (
        ["victim", "contact"],
        ["handover", "the", "prisoners"],
        ["under-18"],
        ["oasys", "oasys", "weeks"],
    ):
        for match in ("match_passages", "match_questions"):
            assert getattr(other, match)(terms, 100) == pytest.approx(getattr(sqlite, match)(terms, 100))


def test_nothing_typed_is_read_as_query_syntax(shared_store: str) -> None:
    index = _index(shared_store)
    for term in ('"', "a OR", "NEAR(", "'; DROP TABLE", "!&|:*", "()", "", "\x00", "'':A"):
        index.match_passages([term], 10)
    assert index.match_passages(["!&|", "()"], 10) == {}
    assert index.match_passages(["zzzqqqxxx"], 10) == {}


def test_a_passage_is_nearest_to_its_own_sentence(shared_store: str) -> None:
    index = _index(shared_store)
    snapshot = index.snapshot()
    for place in range(0, len(snapshot.units), 97):
        row = snapshot.units[place][0]
        nearest = index.nearest_passages(snapshot.unit_vectors[place], 5)
        assert len(nearest) == 5
        assert nearest[row] == pytest.approx(1.0, abs=0.01)
        assert nearest[row] == pytest.approx(max(nearest.values()), abs=1e-6)


def test_both_stores_answer_the_development_questions_alike(shared_store: str, guidance: Guidance) -> None:
    other = Guidance.open(shared_store)
    for entry in load_development(guidance)[::4]:
        expected, found = guidance.ask(entry.question), other.ask(entry.question)
        assert (found.status, found.short, found.citations) == (
            expected.status,
            expected.short,
            expected.citations,
        )


def test_a_document_that_comes_and_goes_leaves_the_index_as_it_was(store: str, policy: Path) -> None:
    running = Guidance.open(store)
    before = _contents(store)
    add_document(store, policy, title="Gate passes", edition="2026")
    assert running.ask("how long does a laptop pass last?").citations[0].document == "gate-passes"
    assert _index(store).match_passages(["laptop"], 10)
    remove_document(store, "gate-passes")
    assert _contents(store) == before
    assert _index(store).match_passages(["laptop"], 10) == {}
    assert running.document("gate-passes") is None


def test_a_rebuild_keeps_ids_and_added_documents(store: str, policy: Path) -> None:
    add_document(store, policy, title="Gate passes", edition="2026")
    ids = [passage.id for passage in _index(store).snapshot().passages]
    assert build_index(store, bank=[], force=True).rebuilt
    assert [passage.id for passage in _index(store).snapshot().passages] == ids
    assert (
        Guidance.open(store).ask("how long does a laptop pass last?").citations[0].document == "gate-passes"
    )


def test_a_rebuild_encodes_only_what_is_new(store: str) -> None:
    encoded: list[int] = []
    build_index(
        store, lambda what, _done, of: encoded.append(of) if "Encoding" in what else None, bank=[], force=True
    )
    assert encoded == []


def test_a_change_that_fails_leaves_no_trace(
    store: str, policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _contents(store)

    def fails(*_: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(type(_tables(store)), "finish", fails)
    with pytest.raises(RuntimeError, match="disk"):
        add_document(store, policy, title="Gate passes", edition="2026")
    assert _contents(store) == before


def test_documents_added_at_the_same_moment_are_both_there(store: str, policy: Path) -> None:
    other = policy.with_name("other.md")
    other.write_text(POLICY.replace("laptop", "camera"), encoding="utf-8")
    files = [(policy, "Gate passes"), (other, "Camera passes")]
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda pair: add_document(store, pair[0], title=pair[1], edition="2026"), files))
    assert {"gate-passes", "camera-passes"} <= {item.info.slug for item in list_documents(store)}
    assert {word for word in ("laptop", "camera") if _index(store).match_passages([word], 5)} == {
        "laptop",
        "camera",
    }


def test_one_document_added_twice_at_the_same_moment_is_there_once(store: str, policy: Path) -> None:
    def add(_: int) -> str:
        try:
            return add_document(store, policy, title="Gate passes", edition="2026").info.slug
        except DocumentExists:
            return "exists"

    with ThreadPoolExecutor(3) as threads:
        assert sorted(threads.map(add, range(3))) == ["exists", "exists", "gate-passes"]


def test_an_index_of_an_earlier_version_is_brought_up_to_date(store: str) -> None:
    engine = connect(store)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE guidance_passages DROP COLUMN unit_hashes"))
        connection.execute(text("UPDATE guidance_index SET value = 'earlier' WHERE name = 'fingerprint'"))
    assert build_index(store, bank=[]).rebuilt
    assert _index(store).snapshot().passages


def test_words_are_those_that_the_porter_tokenizer_makes() -> None:
    tokens = analyse([("Early Allocation", "the POM's allocations, 2.3a – café")])[0]
    assert [token.word for token in tokens] == [
        "earli", "alloc", "the", "pom", "s", "alloc", "2", "3a", "cafe",
    ]  # fmt: skip
    assert [token.field for token in tokens] == [0, 0, *[1] * 7]


def _tables(url: str) -> object:
    from knowledge.index_stores import search_tables

    return search_tables(connect(url))


def _contents(url: str) -> dict[str, object]:
    """How many rows each table has, and the words that are counted."""
    counts = schema.word_counts
    with connect(url).connect() as connection:
        found: dict[str, object] = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar()
            for table in (schema.documents, schema.passages, schema.questions, schema.examples)
        }
        found["words"] = set(
            connection.execute(
                select(counts.c.kind, counts.c.word, counts.c.rows).where(counts.c.rows > 0)
            ).tuples()
        )
        found["totals"] = set(connection.execute(select(schema.word_totals)).tuples())
        found["searched"] = connection.execute(text("SELECT count(*) FROM guidance_passages_words")).scalar()
    return found
