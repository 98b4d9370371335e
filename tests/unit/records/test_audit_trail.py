"""What requests leave in the audit."""

from __future__ import annotations

from fastapi import FastAPI

from assistant.access import Action, Person, Role, acting_as
from assistant.engine.audit_trail import AuditTrail
from assistant.records.audit import Audit, Filter, as_data
from assistant.records.notes import Notes, note_answer, note_case, taking_notes
from assistant.storage.database import connect
from tests.unit.access.conftest import MakeApplication, sign_in, signed_in_service  # noqa: F401

PAT = Person("p1", "Pat Example", "pat@example.org", frozenset({Role.POM}))


def test_an_answer_is_noted_with_its_rules_and_passages_and_without_its_words() -> None:
    with taking_notes(Notes()) as notes:
        note_answer(
            {
                "kind": "policy_answer",
                "text": "Ten weeks.",
                "answer": {"short": "Ten weeks.", "status": "answered"},
                "citations": [{"document": "omic", "edition": "2019", "passage_id": "p-1", "quote": "x"}],
                "assessment": {"responsibility": {"reasons": [{"rule": "RESP-05"}]}, "tasks": []},
            }
        )
    assert notes.details["rules"] == ["RESP-05"]
    assert notes.details["passages"] == ["omic (2019) p-1"]
    assert notes.details["answers"][0]["status"] == "answered"
    assert "Ten weeks" not in str(notes.details)


def test_a_case_asked_for_in_vain_is_put_down_with_who_asked(make_application: MakeApplication) -> None:
    application = make_application()
    trail = AuditTrail(connect(application.state.settings.database()))
    with acting_as(PAT), trail.watch("c1") as answered:
        note_case("a9999zz", found=False)
        answered([{"kind": "clarification", "text": "I have no case with the number A9999ZZ."}])
    missed, held = (as_data(entry) for entry in reversed(application.state.audit.entries()))
    assert (missed["action"], missed["outcome"], missed["case"]) == ("case.read", "not_found", "A9999ZZ")
    assert missed["person_name"] == "Pat Example"
    assert held["action"] == "conversation.hold"
    assert "A9999ZZ" not in str(held["details"])
    assert application.state.audit.verify().holds


def test_reading_the_guidance_leaves_no_entry_and_a_refusal_does(signed_in_service: FastAPI) -> None:  # noqa: F811
    client, _ = sign_in(signed_in_service, Role.READ_ONLY)
    audit: Audit = signed_in_service.state.audit
    client.get("/guidance")
    client.get("/health/live")
    assert audit.count() == 0
    pom, _ = sign_in(signed_in_service, Role.POM, name="Sam Example")
    assert pom.get("/feedback/all").status_code == 403
    entry = as_data(audit.entries(Filter(outcome="refused"))[0])
    assert (entry["person_name"], entry["action"]) == ("Sam Example", Action.READ_FEEDBACK)
