"""The guidance: search as data, and the documents as pages in which every passage has an address."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from actions import resources
from actions.texts import catalogue, text
from assistant.web.passage_rules import rules_by_passage
from assistant.web.reader import excerpt, mark_words, sections
from assistant.web.rendering import page
from knowledge.answers import Hit
from knowledge.catalogue import DocumentInfo
from knowledge.guidance import Guidance
from knowledge.index import IndexMissing

router = APIRouter(tags=["guidance"])

Search = Annotated[str, Query(max_length=1000)]
RESULTS_ON_PAGE = 20


class FoundPassage(BaseModel):
    """A passage that a search found."""

    passage_id: str
    document: str
    title: str
    edition: str
    section: str
    quote: str = Field(description="word for word from the document")
    text: str = Field(description="the same for reading, with lists and table rows spelled out")
    highlights: list[str] = Field(description="the sentences that match best")
    score: float = Field(description="0 to 1, best first; the best of a search has 1")
    url: str


class SearchResult(BaseModel):
    """What a search found, best first."""

    query: str
    passages: list[FoundPassage]


@router.get("/api/guidance/search")
async def search(q: Search = "", limit: Annotated[int, Query(ge=1, le=100)] = 10) -> SearchResult:
    """The passages nearest to the words of `q`."""
    guidance = await _guidance()
    if guidance is None:
        raise HTTPException(503, text("pages.guidance.not_indexed"), {"Retry-After": "5"})
    hits = await run_in_threadpool(guidance.search, q, limit) if q.strip() else []
    documents = {document.slug: document for document in guidance.documents()}
    return SearchResult(query=q, passages=[_found(hit, documents[hit.passage.document]) for hit in hits])


@router.get("/guidance", include_in_schema=False, response_class=HTMLResponse)
async def documents_page(q: Search = "") -> Response:
    """The documents, and what a search finds in them."""
    guidance = await _guidance()
    if guidance is None:
        return _not_indexed()
    hits = await run_in_threadpool(guidance.search, q, RESULTS_ON_PAGE) if q.strip() else []
    documents = sorted(guidance.documents(), key=lambda document: document.published or "", reverse=True)
    documents.sort(key=lambda document: document.edition in _history())
    titles = {document.slug: document for document in documents}
    results = [
        {
            "title": titles[hit.passage.document].title,
            "edition": titles[hit.passage.document].edition,
            "section": hit.passage.heading,
            "url": _address(hit),
            "excerpt": mark_words(excerpt(hit.passage, hit.highlights), q),
        }
        for hit in hits
    ]
    return page("documents.html", documents=documents, history=_history(), query=q, results=results)


@router.get("/guidance/{slug}", include_in_schema=False, response_class=HTMLResponse)
async def document_page(slug: str) -> Response:
    """One document with its contents; the address of a passage is its id after `#`."""
    guidance = await _guidance()
    if guidance is None:
        return _not_indexed()
    document = guidance.document(slug)
    if document is None:
        return page("not_found.html", status_code=404, message="")
    content = await run_in_threadpool(lambda: sections(guidance.passages(slug)))
    rules = await run_in_threadpool(rules_by_passage, resources.rule_book(), guidance, slug)
    return page("document.html", document=document, sections=content, history=_history(), rules=rules)


async def _guidance() -> Guidance | None:
    """The indexed guidance, or nothing while there is no index."""
    try:
        found: Guidance = await run_in_threadpool(resources.guidance)
    except IndexMissing:
        return None
    return found


def _not_indexed() -> Response:
    return page("not_found.html", status_code=503, message=text("pages.guidance.not_indexed"))


def _history() -> dict[str, Any]:
    """What to say about documents that are kept as history, by edition."""
    notes: dict[str, Any] = catalogue()["pages"]["guidance"]["history"]
    return notes


def _found(hit: Hit, document: DocumentInfo) -> FoundPassage:
    return FoundPassage(
        passage_id=hit.passage.id,
        document=document.slug,
        title=document.title,
        edition=document.edition,
        section=hit.passage.heading,
        quote=hit.passage.quote,
        text=hit.passage.text,
        highlights=hit.highlights,
        score=hit.score,
        url=_address(hit),
    )


def _address(hit: Hit) -> str:
    return f"/guidance/{hit.passage.document}#{hit.passage.id}"
