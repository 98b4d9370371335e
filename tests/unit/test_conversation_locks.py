"""One message of a conversation at a time, over processes."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant.settings import PROJECT_ROOT
from assistant.storage.conversation_locks import ConversationLocks, NoLocks, conversation_locks
from assistant.storage.database import connect

HOLDER = """
import sys
from assistant.storage.conversation_locks import conversation_locks
from assistant.storage.database import connect
locks = conversation_locks(connect(sys.argv[1]))
print(locks.take("a"), flush=True)
sys.stdin.read()
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind that the assistant runs on."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    return str(request.getfixturevalue("postgresql_url"))


def other_process(url: str) -> subprocess.Popen[str]:
    """A process that takes the lock of conversation `a` and says whether it got it."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, url],
        cwd=PROJECT_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def taken_over(locks: ConversationLocks, conversation_id: str) -> None:
    """Take a lock that a killed process held; PostgreSQL takes a moment to see that it is gone."""
    for _ in range(200):
        if locks.take(conversation_id):
            return
        time.sleep(0.05)
    raise AssertionError("the lock of a killed process is still held")


def test_another_process_waits_for_its_turn_and_a_killed_one_holds_nothing(url: str) -> None:
    locks = conversation_locks(connect(url))
    with other_process(url) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        assert not locks.take("a")
        assert locks.take("b")
        holder.kill()
    taken_over(locks, "a")
    with other_process(url) as late:
        assert late.communicate()[0] == "False\n"
    locks.release("a")
    with other_process(url) as later:
        assert later.communicate()[0] == "True\n"


def test_a_database_in_memory_belongs_to_one_process() -> None:
    assert isinstance(conversation_locks(connect("sqlite://")), NoLocks)
