"""The commands `assistant evaluate guidance` and `assistant evaluate conversation`.

They measure and report; no threshold is enforced here. Exit code 2 for a set that cannot be used.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from assistant.settings import PROJECT_ROOT, Settings, current_settings

if TYPE_CHECKING:
    from assistant.engine.conversation_engine import ConversationEngine
    from assistant.evaluation.conversation import Progress as Report
    from assistant.evaluation.report import ReportContext

evaluate = typer.Typer(
    help="Measure the answers and the conversation on labelled sets.", no_args_is_help=True
)
console = Console(stderr=True)

MESSAGES = PROJECT_ROOT / "data" / "conversation" / "development_messages.yaml"
DIALOGUES = PROJECT_ROOT / "data" / "conversation" / "dialogues.yaml"
QUESTIONS = PROJECT_ROOT / "data" / "questions" / "development.yaml"
GUIDANCE_REPORT = PROJECT_ROOT / "docs" / "evaluation" / "guidance.md"
CONVERSATION_REPORT = PROJECT_ROOT / "docs" / "evaluation" / "conversation.md"
TRAINING_MESSAGES = PROJECT_ROOT / "data" / "nlu"

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def fail(reason: str) -> NoReturn:
    """End with exit code 2 and the reason on standard error."""
    console.print(reason, style="red", highlight=False, soft_wrap=True, markup=False)
    raise typer.Exit(2)


@evaluate.command()
def guidance(
    questions: Annotated[
        Path, typer.Option(help="YAML file of questions with their gold quotes.")
    ] = QUESTIONS,
    report: Annotated[
        Path | None,
        typer.Option(
            help="Where to write the report; docs/evaluation/guidance.md for the project's own set."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the answers from the guidance, and the refusals."""
    from actions import resources
    from assistant.evaluation.guidance_data import guidance_as_data
    from assistant.evaluation.labelled_sets import LabelledSetError, read_yaml
    from assistant.preparation import prepare_guidance
    from knowledge.bank import BankInvalid
    from knowledge.evaluation import evaluate as evaluate_guidance
    from knowledge.evaluation import load_development

    try:
        read_yaml(questions, "questions")
    except LabelledSetError as problem:
        fail(str(problem))
    prepare_guidance(current_settings(), console)
    try:
        labelled = load_development(resources.guidance(), questions)
    except BankInvalid as problem:
        fail(f"questions: {questions}: {problem}")
    except (KeyError, TypeError, AttributeError) as problem:
        fail(
            f"questions: {questions}: a question without what it needs, or not a list of questions ({problem})"
        )
    with _bar() as progress:
        measured = evaluate_guidance(resources.guidance(), labelled, progress)
    page = measured.markdown()
    _write(page, report or (GUIDANCE_REPORT if questions == QUESTIONS else None))
    if as_json:
        typer.echo(json.dumps(guidance_as_data(measured.outcomes), indent=2, ensure_ascii=False))
    else:
        typer.echo(page)


@evaluate.command()
def conversation(
    messages: Annotated[Path, typer.Option(help="YAML file of labelled messages.")] = MESSAGES,
    dialogues: Annotated[Path, typer.Option(help="YAML file of dialogues.")] = DIALOGUES,
    report: Annotated[
        Path | None,
        typer.Option(
            help="Where to write the report; docs/evaluation/conversation.md for the project's own sets."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure intents, facts, routing and dialogues with the trained model."""
    from assistant.evaluation.conversation import check_facts, evaluate_conversation
    from assistant.evaluation.labelled_sets import LabelledSetError, load_dialogues, load_messages
    from assistant.evaluation.report import as_markdown, summary_lines
    from assistant.evaluation.report_data import as_data
    from assistant.logs import configure_logs

    settings = current_settings()
    configure_logs("ERROR" if settings.log_level == "INFO" else settings.log_level)
    try:
        labelled, held = load_messages(messages), load_dialogues(dialogues)
    except LabelledSetError as problem:
        fail(str(problem))
    from actions import resources

    book = resources.rule_book()
    try:
        check_facts(book, labelled, held)
    except LabelledSetError as problem:
        fail(str(problem))
    with _engine(settings) as (engine, model), _bar() as progress:
        evaluation = evaluate_conversation(engine, book, labelled, held, progress)
    context = _context(messages, dialogues, model)
    own = messages == MESSAGES and dialogues == DIALOGUES
    _write(as_markdown(evaluation, context), report or (CONVERSATION_REPORT if own else None))
    if as_json:
        typer.echo(json.dumps(as_data(evaluation, context), indent=2, ensure_ascii=False, default=str))
        return
    for measure, result in summary_lines(evaluation, context):
        typer.echo(f"{measure}: {result}")


def _write(page: str, path: Path | None) -> None:
    """Write a report, unless the set is not the project's own and no place for it is given."""
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    console.print(f"The report is in {path}.", highlight=False, soft_wrap=True)


def _context(messages: Path, dialogues: Path, model: Path) -> ReportContext:
    from assistant.evaluation.report import ReportContext
    from assistant.evaluation.training_overlap import training_examples

    return ReportContext(
        command="assistant evaluate conversation",
        messages_file=_shown(messages),
        dialogues_file=_shown(dialogues),
        model=model.name.removesuffix(".tar.gz"),
        training_examples=frozenset(training_examples(TRAINING_MESSAGES)),
    )


def _shown(path: Path) -> str:
    """A path as a report may show it: inside the project, or its name alone."""
    resolved = path.resolve()
    return str(resolved.relative_to(PROJECT_ROOT)) if resolved.is_relative_to(PROJECT_ROOT) else path.name


@contextmanager
def _engine(settings: Settings) -> Iterator[tuple[ConversationEngine, Path]]:
    """The trained conversation. What is said to it is kept in a database that is thrown away."""
    from assistant.engine.conversation_engine import ConversationEngine, EngineNotReady
    from assistant.model import TrainingFailed
    from assistant.preparation import prepare_guidance, prepare_model
    from assistant.storage.conversations import ConversationRepository
    from assistant.storage.database import connect, migrate

    with tempfile.TemporaryDirectory(prefix="conversation-evaluation-") as folder:
        database = f"sqlite:///{Path(folder) / 'conversations.db'}"
        migrate(database)
        engine = ConversationEngine(settings, ConversationRepository(connect(database)))
        try:
            prepare_guidance(settings, console)
            model = prepare_model(settings, console)
            with console.status("Starting the assistant"):
                engine.start(model)
        except (TrainingFailed, EngineNotReady) as problem:
            fail(str(problem))
        try:
            yield engine, model
        finally:
            engine.stop()
            connect(database).dispose()


@contextmanager
def _bar() -> Iterator[Report]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        task = bars.add_task("Starting", total=None)
        yield lambda doing, done, steps: bars.update(task, description=doing, completed=done, total=steps)
