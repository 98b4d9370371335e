"""The tables that hold the guidance and its index, in the application's own database."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Engine,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    inspect,
    text,
)

metadata = MetaData()

index_state = Table(  # "version" counts changes, "fingerprint" says what was indexed by which code
    "guidance_index",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

documents = Table(
    "guidance_documents",
    metadata,
    Column("slug", String(120), primary_key=True),
    Column("title", Text, nullable=False),
    Column("edition", String(60), nullable=False),
    Column("published", String(20)),
    Column("publisher", Text),
    Column("kind", String(60)),
    Column("licence", Text),
    Column("sha256", String(64), nullable=False),
    Column("pages", Integer),
    Column("shipped", Boolean, nullable=False),
    Column("position", Integer, nullable=False),
    Column("source", Text, nullable=False),  # the canonical text that quotes are verbatim against
)

passages = Table(
    "guidance_passages",
    metadata,
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("id", String(40), nullable=False, unique=True),
    Column("document", ForeignKey("guidance_documents.slug", ondelete="CASCADE"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("section", Text, nullable=False),  # JSON list of headings
    Column("text", Text, nullable=False),
    Column("quote", Text, nullable=False),
    Column("context", Text, nullable=False),
    Column("units", Text, nullable=False),  # JSON list of [text, is_item]
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("code", String(10)),
    Column("page", Integer),
    Column("kind", String(20), nullable=False),
    Column("before_model", Boolean, nullable=False),
    Column("vector", LargeBinary, nullable=False),  # float32 of the whole passage
    Column("unit_vectors", LargeBinary, nullable=False),  # float32, one row a unit
    Column("unit_hashes", LargeBinary),  # of the text that each unit's vector was made of, 16 bytes each
)

questions = Table(
    "guidance_questions",
    metadata,
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column(
        "passage",
        Integer,
        ForeignKey("guidance_passages.row", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),  # the sentence that answers it, verbatim
    Column("vector", LargeBinary, nullable=False),
    Column("hash", LargeBinary),  # of the text that the vector was made of
)

examples = Table(  # of questions that must be refused, and of mistaken premises
    "guidance_examples",
    metadata,
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),  # not_permitted, out_of_scope, not_in_guidance, premise
    Column("topic", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("vector", LargeBinary, nullable=False),
    Column("hash", LargeBinary),
)

ranker = Table(  # the learned ranker of the shipped documents
    "guidance_ranker",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

word_counts = Table(  # of passages, and of bank questions, that hold a word
    "guidance_word_counts",
    metadata,
    Column("kind", String(10), primary_key=True),  # passages or questions
    Column("word", Text, primary_key=True),
    Column("rows", Integer, nullable=False),
)

word_totals = Table(
    "guidance_word_totals",
    metadata,
    Column("kind", String(10), primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("words", BigInteger, nullable=False),  # in all rows together
)


def create_tables(engine: Engine) -> None:
    """Create the tables that are missing, and in tables of an earlier version the columns that are."""
    metadata.create_all(engine)
    found = inspect(engine)
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            there = {column["name"] for column in found.get_columns(table.name)}
            for column in table.columns:
                if column.name not in there:
                    kind = column.type.compile(engine.dialect)
                    connection.execute(text(f'ALTER TABLE {table.name} ADD COLUMN "{column.name}" {kind}'))
