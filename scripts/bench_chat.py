"""How fast the chat answers beside Rasa's stock stack, on the same model, messages and actions, in the same run.

The stock stack is `rasa run` with an action server over HTTP and its own tracker store in SQLite. Both are
started here on loopback, one after the other in each round, and asked the same messages.

python scripts/bench_chat.py [--rounds 3] [--messages 240] [--long 500] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path

import httpx
import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from assistant.model import current_model
from assistant.settings import PROJECT_ROOT, Settings

MESSAGES = (
    "who is responsible for an NPS determinate case sentenced 3 January 2025 with a CRD of 15 March 2027?",
    "what is due for him?",
    "why?",
    "tier B, high risk",
    "what is a key worker?",
    "no, CRD is 3 March 2028",
    "when is the handover?",
    "who writes the parole report pre tariff",
    "what if he was CRC",
    "take me through a recall",
    "does early allocation apply",
    "what's the weather tomorrow?",
)
"""One conversation: a case, follow-ups, a correction, questions of policy, a walk-through, out of scope."""

CONVERSATIONS_AT_ONCE = (1, 8, 32)
WEBHOOK = "/webhooks/rest/webhook"
START_LIMIT = 300.0
ENDS = 20
"""Messages at each end of the long conversation whose median is compared."""


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def process(command: list[str], environment: dict[str, str], log: Path) -> Iterator[psutil.Process]:
    """A process, ended with its children afterwards; what it prints goes to `log`."""
    with log.open("ab") as output:
        started = psutil.Popen(
            command, cwd=PROJECT_ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield started
    finally:
        for child in [*started.children(recursive=True), started]:
            child.terminate()
        started.wait(timeout=60)


class Stack:
    """A running stack: its address, its processes, and how long it took to be ready."""

    def __init__(self, url: str, processes: list[psutil.Process], probe: tuple[str, str]) -> None:
        began = time.perf_counter()
        self.url = url
        self._processes = processes
        self._await(*probe)
        asyncio.run(self.converse(1, len(MESSAGES)))  # what is loaded at the first message counts as ready
        self.ready_seconds = time.perf_counter() - began

    def _await(self, path: str, wanted: str) -> None:
        ends = time.perf_counter() + START_LIMIT
        while time.perf_counter() < ends:
            if any(not one.is_running() or one.status() == psutil.STATUS_ZOMBIE for one in self._processes):
                raise RuntimeError(f"a process of {self.url} ended while starting")
            try:
                answer = httpx.get(self.url + path, timeout=2)
                if answer.status_code == 200 and wanted in answer.text:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise RuntimeError(f"{self.url} was not ready within {START_LIMIT:.0f} s")

    def memory_megabytes(self) -> float:
        """Resident memory of all its processes, in megabytes of 1,000,000 bytes."""
        everyone = [each for one in self._processes for each in [one, *one.children(recursive=True)]]
        return float(sum(each.memory_info().rss for each in everyone)) / 1e6

    async def converse(self, conversations: int, messages: int) -> tuple[list[float], float]:
        """Say `messages` in all, spread over conversations that run at once.

        Returns the seconds of each reply, and those of the whole.
        """
        taken: list[float] = []
        limits = httpx.Limits(max_connections=conversations)
        async with httpx.AsyncClient(base_url=self.url, timeout=300, limits=limits) as client:

            async def one(name: str) -> None:
                for number in range(messages // conversations):
                    said = {"sender": name, "message": MESSAGES[number % len(MESSAGES)]}
                    began = time.perf_counter()
                    answer = await client.post(WEBHOOK, json=said)
                    taken.append(time.perf_counter() - began)
                    if answer.status_code != 200 or not answer.json():
                        raise RuntimeError(f"{self.url} gave no reply to {said['message']!r}")

            began = time.perf_counter()
            marker = f"{time.time_ns()}"
            await asyncio.gather(*(one(f"{marker}-{number}") for number in range(conversations)))
            return taken, time.perf_counter() - began


@contextmanager
def ours(model: Path, data: Path) -> Iterator[Stack]:
    """The service as it is run: one process."""
    port = free_port()
    environment = _environment(data) | {"POM_ASSISTANT_PORT": str(port)}
    command = [sys.executable, "-m", "assistant.cli", "serve"]
    with process(command, environment, data / "ours.log") as server:
        yield Stack(f"http://127.0.0.1:{port}", [server], ("/health/ready", ""))


@contextmanager
def stock(model: Path, data: Path) -> Iterator[Stack]:
    """`rasa run` and `rasa run actions`, with Rasa's own tracker store in SQLite."""
    port, actions_port = free_port(), free_port()
    endpoints = data / "endpoints.yml"
    endpoints.write_text(
        f'action_endpoint:\n  url: "http://127.0.0.1:{actions_port}/webhook"\n'
        f"tracker_store:\n  type: SQL\n  dialect: sqlite\n  db: {data / 'stock.db'}\n  query: {{}}\n",
        encoding="utf-8",
    )
    with ExitStack() as stack:
        environment = _environment(data)
        log = data / "stock.log"
        serve_actions = [sys.executable, "-m", "rasa_sdk", "--actions", "actions"]
        actions = stack.enter_context(
            process([*serve_actions, "--port", str(actions_port)], environment, log)
        )
        run = [sys.executable, "-m", "rasa", "run", "-m", str(model), "-i", "127.0.0.1", "-p", str(port)]
        run += ["--endpoints", str(endpoints), "--credentials", str(PROJECT_ROOT / "credentials.yml")]
        server = stack.enter_context(process(run, environment, log))
        yield Stack(f"http://127.0.0.1:{port}", [server, actions], ("/", "Rasa"))


def _environment(data: Path) -> dict[str, str]:
    return os.environ | {
        "POM_ASSISTANT_DATA_DIRECTORY": str(data),
        "POM_ASSISTANT_LOG_LEVEL": "WARNING",
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "LOG_LEVEL": "WARNING",
    }


def measure(stack: Stack, messages: int, long: int) -> dict[str, float]:
    """What is measured of one stack in one round. Times of replies in milliseconds."""
    found = {"ready_s": stack.ready_seconds}
    for conversations in CONVERSATIONS_AT_ONCE:
        said = max(messages, conversations * len(MESSAGES))
        taken, seconds = asyncio.run(stack.converse(conversations, said))
        found[f"median_ms_{conversations}"] = statistics.median(taken) * 1000
        found[f"p95_ms_{conversations}"] = statistics.quantiles(taken, n=20)[-1] * 1000
        found[f"per_second_{conversations}"] = len(taken) / seconds
    if long:
        taken, _ = asyncio.run(stack.converse(1, long))
        found["first_ms"] = statistics.median(taken[:ENDS]) * 1000
        found["last_ms"] = statistics.median(taken[-ENDS:]) * 1000
    found["memory_mb"] = stack.memory_megabytes()
    return found


def report(rounds: list[dict[str, dict[str, float]]], long: int) -> str:
    """The result as a table in Markdown: medians over the rounds, and the ratio with its least and most."""
    names = {
        "ready_s": "Start to the first conversation answered (s)",
        **{
            key.format(n): title.format(n, "" if n == 1 else "s")
            for n in CONVERSATIONS_AT_ONCE
            for key, title in (
                ("median_ms_{}", "Reply, median, {} conversation{} (ms)"),
                ("p95_ms_{}", "Reply, 95th percentile, {} conversation{} (ms)"),
                ("per_second_{}", "Messages a second, {} conversation{}"),
            )
        },
        "first_ms": f"Reply, median of the first {ENDS} of {long} (ms)",
        "last_ms": f"Reply, median of the last {ENDS} of {long} (ms)",
        "memory_mb": "Memory of all processes at the end (MB)",
    }
    lines = ["| | ours | stock | ours / stock |", "|---|---:|---:|---:|"]
    for key, title in names.items():
        if key not in rounds[0]["ours"]:
            continue
        mine = [one["ours"][key] for one in rounds]
        theirs = [one["stock"][key] for one in rounds]
        ratios = [a / b for a, b in zip(mine, theirs, strict=True)]
        lines.append(
            f"| {title} | {statistics.median(mine):.1f} | {statistics.median(theirs):.1f} "
            f"| {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}) |"
        )
    machine = f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}"
    return (
        f"Measured on {date.today():%-d %B %Y}, {machine}, {len(rounds)} rounds, "
        f"load before {os.getloadavg()[0]:.1f}.\n\n" + "\n".join(lines)
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--messages", type=int, default=240, help="in all, at each number of conversations")
    parser.add_argument("--long", type=int, default=500, help="messages of the long conversation; 0 for none")
    parser.add_argument("--json", type=Path, help="write every figure of every round to this file")
    options = parser.parse_args(arguments)
    model = current_model(Settings())
    if not model.exists():
        parser.error("train the model first: assistant train")
    rounds: list[dict[str, dict[str, float]]] = []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        with ours(model, data):
            """Makes the database and the index, which both then use."""
        for _ in range(options.rounds):
            found: dict[str, dict[str, float]] = {}
            for name, start in (("ours", ours), ("stock", stock)):
                with start(model, data) as running:
                    found[name] = measure(running, options.messages, options.long)
            rounds.append(found)
    if options.json:
        options.json.write_text(json.dumps(rounds, indent=1), encoding="utf-8")
    print(report(rounds, options.long))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
