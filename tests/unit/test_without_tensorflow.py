"""Rasa in a process without TensorFlow: less memory, a quicker start, and a plain failure where it is needed."""

import subprocess
import sys

import pytest

from assistant.engine import without_tensorflow
from assistant.engine.without_tensorflow import TensorFlowAbsent, rasa_without_tensorflow


def run(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh process: what other tests imported must not count."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_rasa_is_imported_without_tensorflow() -> None:
    done = run(
        "import sys\n"
        "from assistant.engine.without_tensorflow import rasa_without_tensorflow\n"
        "with rasa_without_tensorflow():\n"
        "    from rasa.core.agent import Agent\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('tensorflow', 'keras')])\n"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("[]")


def test_a_component_that_runs_tensorflow_says_what_is_wrong() -> None:
    done = run(
        "from assistant.engine.without_tensorflow import rasa_without_tensorflow\n"
        "with rasa_without_tensorflow():\n"
        "    import rasa.utils.train_utils, tensorflow as tf\n"
        "tf.random.set_seed('a')\n"
    )
    assert "TensorFlowAbsent: tensorflow.random.set_seed was run" in done.stderr


@pytest.mark.parametrize("component", sorted(without_tensorflow.NEED_TENSORFLOW))
def test_tensorflow_is_left_alone_where_the_pipeline_needs_it(
    component: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(without_tensorflow, "_pipeline", lambda: {component})
    finders = list(sys.meta_path)
    with rasa_without_tensorflow():
        assert sys.meta_path == finders


def test_every_component_of_rasa_that_imports_tensorflow_is_listed() -> None:
    """A newer Rasa with another such component fails here, not in front of a person."""
    done = run(
        "import ast, pathlib, rasa\n"
        "from rasa.engine.recipes.default_components import DEFAULT_COMPONENTS\n"
        "import inspect\n"
        "for component in DEFAULT_COMPONENTS:\n"
        "    tree = ast.parse(pathlib.Path(inspect.getfile(component)).read_text())\n"
        "    for node in tree.body:\n"
        "        names = [a.name for a in node.names] if isinstance(node, ast.Import) else "
        "[node.module or ''] if isinstance(node, ast.ImportFrom) else []\n"
        "        if any(name.split('.')[0] == 'tensorflow' for name in names):\n"
        "            print(component.__name__)\n"
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) <= without_tensorflow.NEED_TENSORFLOW


def test_the_placeholder_can_be_a_base_class_and_an_annotation() -> None:
    absent = without_tensorflow._placeholder("tensorflow.keras.Model")

    class Model(absent):  # type: ignore[misc, valid-type]
        """As Rasa's own models do."""

    assert issubclass(Model, absent)
    assert absent | None
    with pytest.raises(TensorFlowAbsent):
        absent(1, 2)
