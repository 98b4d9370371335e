"""The command line: `assistant serve | chat | ask | assess | train | guidance | evaluate`.

Exit code 0 for success, 2 for bad input, with the reason on standard error.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from assistant.case_commands import cases
from assistant.database_commands import database
from assistant.evaluation_commands import evaluate
from assistant.feedback_commands import feedback
from assistant.guidance_commands import guidance
from assistant.people_commands import audit, people, records, tokens
from assistant.settings import current_settings
from assistant.teams_commands import teams

app = typer.Typer(
    help="Cited answers about offender management in custody.", no_args_is_help=True, add_completion=False
)
app.add_typer(cases, name="cases")
app.add_typer(database, name="db")
app.add_typer(evaluate, name="evaluate")
app.add_typer(guidance, name="guidance")
app.add_typer(feedback, name="feedback")
app.add_typer(people, name="people")
app.add_typer(tokens, name="tokens")
app.add_typer(audit, name="audit")
app.add_typer(records, name="records")
app.add_typer(teams, name="teams")
console = Console(stderr=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
AsOf = Annotated[str | None, typer.Option(help="The date to work from, as YYYY-MM-DD; today if left out.")]
Edition = Annotated[str | None, typer.Option(help="2019, 2022 or 2026-service.")]


def fail(reason: str) -> NoReturn:
    """End with exit code 2 and the reason on standard error."""
    console.print(reason, style="red", highlight=False, soft_wrap=True)
    raise typer.Exit(2)


def _as_date(value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        fail(f"as-of: {value!r} is not a date; give it as YYYY-MM-DD, for example 2026-01-31")


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Prepare what is missing, then serve the chat."""
    import uvicorn

    from assistant.access.openid import BadSignInSettings
    from assistant.application import check_listening, create_application
    from assistant.logs import configure_logs
    from assistant.preparation import prepare

    settings = current_settings()
    settings = settings.model_copy(update={"host": host or settings.host, "port": port or settings.port})
    configure_logs(settings.log_level)
    try:
        check_listening(settings)
        model = prepare(settings, console)
        application = create_application(settings, model)
    except BadSignInSettings as problem:
        fail(str(problem))
    host, port = settings.host, settings.port
    console.print(f"The assistant is at http://{host}:{port} (ready in a few seconds; stop it with Ctrl+C).")
    # Rasa pins a websockets release that uvicorn cannot use, and nothing here needs websockets.
    # Which proxies are believed is a setting of ours (`trusted_proxies`), so uvicorn believes none.
    uvicorn.run(
        application,
        host=host,
        port=port,
        ws="none",
        log_level="warning",
        log_config=None,
        proxy_headers=False,
    )


@app.command()
def chat(as_of: AsOf = None, edition: Edition = None) -> None:
    """Talk to the assistant in the terminal. An empty line or Ctrl+D ends it."""
    from uuid import uuid4

    from assistant.engine.conversation_engine import ConversationEngine
    from assistant.logs import configure_logs
    from assistant.preparation import prepare
    from assistant.storage.conversations import ConversationRepository
    from assistant.storage.database import connect

    settings = current_settings()
    configure_logs("WARNING" if settings.log_level == "INFO" else settings.log_level)
    _as_date(as_of)
    model = prepare(settings, console)
    engine = ConversationEngine(settings, ConversationRepository(connect(settings.database())))
    with console.status("Starting the assistant"):
        engine.start(model)
    conversation = f"terminal-{uuid4()}"
    metadata = {name: value for name, value in (("as_of", as_of), ("edition", edition)) if value}
    console.print("Type a question. An empty line ends the chat.")
    while line := _read_line():
        for reply in asyncio.run(engine.reply(conversation, line, metadata)):
            typer.echo(f"\n{reply['text']}\n")
            for button in reply.get("buttons") or []:
                typer.echo(f"  > {button['title']}")
            typer.echo()
    engine.stop()


def _read_line() -> str:
    try:
        return input("You: " if sys.stdin.isatty() else "").strip()
    except EOFError:
        return ""


@app.command()
def ask(question: str, limit: int = 5, as_json: AsJson = False) -> None:
    """Ask the guidance a question."""
    from actions import resources
    from actions.policy_answers import answer_question

    if not question.strip():
        fail("question: it is empty; type a question in quotation marks")
    _prepare_guidance()
    reply = answer_question(resources.guidance(), question, limit=limit)
    if as_json:
        typer.echo(reply.model_dump_json(indent=2))
    else:
        typer.echo(reply.text)


@app.command()
def assess(
    file: Annotated[str, typer.Argument(help="A JSON file with the facts of a case; - for standard input.")],
    as_of: AsOf = None,
    edition: Edition = None,
    topic: Annotated[
        str, typer.Option(help="What to print: responsibility, due, early_allocation, ...")
    ] = "due",
    as_json: AsJson = False,
) -> None:
    """Assess a case from a file of facts, as {"facts": {...}} or the facts alone."""
    from actions import clock, resources
    from actions.answers.case_reply import CaseQuestion, case_reply
    from actions.answers.topic_answer import PARTS
    from actions.case_assessment import assess as assess_case
    from actions.rules import FactErrors

    given = _read_json(file)
    if topic not in PARTS:
        fail(f"topic: {topic!r} is not known; allowed: {', '.join(PARTS)}")
    facts = given.get("facts", given)
    day = _as_date(as_of or given.get("as_of")) or clock.today()
    _prepare_guidance()
    try:
        assessment = assess_case(
            resources.rule_book(), resources.guidance(), facts, day, edition=edition or given.get("edition")
        )
    except FactErrors as errors:
        fail("\n".join(f"{error.field}: {error.problem} {error.allowed}" for error in errors.errors))
    if as_json:
        typer.echo(json.dumps(assessment, indent=2, ensure_ascii=False))
        return
    reply, _ = case_reply(CaseQuestion((topic,), facts, assessment), resources.rule_book())
    typer.echo(reply.text)


@app.command()
def compare(
    file: Annotated[str, typer.Argument(help="A JSON file with the facts of a case; - for standard input.")],
    change: Annotated[
        list[str] | None, typer.Option(help="A fact to change, as name=value; null for absent. Repeatable.")
    ] = None,
    as_of: AsOf = None,
    edition: Edition = None,
) -> None:
    """Print, as JSON, what changes if facts change; without --change, how the editions differ for the case."""
    from actions import clock, resources
    from actions.case_assessment import compare as compare_cases
    from actions.rules import FactErrors

    given = _read_json(file)
    changes = {name: _value(value) for name, _, value in (item.partition("=") for item in change or ())}
    day = _as_date(as_of or given.get("as_of")) or clock.today()
    try:
        found = compare_cases(
            resources.rule_book(), given.get("facts", given), changes or None, day, edition=edition
        )
    except FactErrors as errors:
        fail("\n".join(f"{error.field}: {error.problem} {error.allowed}" for error in errors.errors))
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False, default=str))


def _value(written: str) -> Any:
    """A value of the command line: a JSON word (true, 12, null) or else the text itself."""
    try:
        return json.loads(written)
    except json.JSONDecodeError:
        return written


def _read_json(file: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        given = json.loads(text)
    except (OSError, UnicodeDecodeError) as problem:
        fail(f"file: {file} cannot be read ({problem})")
    except json.JSONDecodeError as problem:
        fail(f"file: {file} is not JSON ({problem})")
    if not isinstance(given, dict):
        fail("file: it must hold one JSON object with the facts of a case")
    return given


def _prepare_guidance() -> None:
    from assistant.preparation import prepare_guidance

    prepare_guidance(current_settings(), console)


@app.command()
def train(
    force: Annotated[bool, typer.Option(help="Train even if the model is up to date.")] = False,
) -> None:
    """Train the dialogue model for the present data, if there is none yet."""
    from assistant import model
    from assistant.preparation import prepare_model

    settings = current_settings()
    if force:
        model.current_model(settings).unlink(missing_ok=True)
    try:
        typer.echo(prepare_model(settings, console))
    except model.TrainingFailed as problem:
        fail(str(problem))


def main() -> None:
    """Run the command line."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    app()


if __name__ == "__main__":
    main()
