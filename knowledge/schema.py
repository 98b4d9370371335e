"""The tables that hold the guidance and its index, in the application's own database."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
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
)

examples = Table(  # of questions that must be refused, and of mistaken premises
    "guidance_examples",
    metadata,
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),  # not_permitted, out_of_scope, not_in_guidance, premise
    Column("topic", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("vector", LargeBinary, nullable=False),
)

ranker = Table(  # the learned ranker of the shipped documents
    "guidance_ranker",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

FTS_STATEMENTS = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS guidance_passages_fts USING fts5"
    "(heading, body, canonical, tokenize='porter unicode61')",
    "CREATE VIRTUAL TABLE IF NOT EXISTS guidance_questions_fts USING fts5"
    "(question, tokenize='porter unicode61')",
)
