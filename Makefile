# make serve: set up what is missing, then serve the chat at http://127.0.0.1:8000
# make test:  the whole test suite

SHELL := /bin/bash
PORT ?= 8000
UV ?= $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := $(UV) run --locked --no-sync
export RASA_TELEMETRY_ENABLED := false
export TF_CPP_MIN_LOG_LEVEL := 3
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export PYTHONWARNINGS := ignore::DeprecationWarning

.PHONY: audit serve chat test test-stories lint types browser train setup evaluate screenshots clean bench-chat bench-rules bench-guidance bench-guidance-scale

setup: .venv/.synced

.uv/bin/uv:
	python3 -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check uv

.venv/.synced: pyproject.toml uv.lock | $(UV)
	$(UV) sync --locked --python 3.11
	@touch $@

serve: setup
	@POM_ASSISTANT_PORT=$(PORT) $(RUN) assistant serve

chat: setup
	@$(RUN) assistant chat

train: setup
	$(RUN) assistant train

lint: setup
	$(RUN) ruff format --check .
	$(RUN) ruff check .

types: setup
	$(RUN) mypy

browser: setup
	@scripts/install_browser.sh

test: lint types browser
	$(RUN) pytest

# The dialogues of tests/conversation, judged by Rasa's own test command.
test-stories: setup
	$(RUN) rasa test core --e2e --stories tests/conversation --model $$($(RUN) assistant train) --out results

evaluate: setup
	$(RUN) assistant evaluate guidance
	$(RUN) assistant evaluate conversation

# A picture of every page and state, at both widths and in both colour schemes, in screenshots/.
screenshots: browser
	$(RUN) pytest tests/end_to_end/test_accessibility.py
	@echo "The pictures are in screenshots/"

# The locked packages against published vulnerabilities; ends with 3 where the service cannot be asked.
audit: setup
	$(RUN) python scripts/audit_dependencies.py

# Beside the stock stack of Rasa, in the same run.
bench-chat: setup
	$(RUN) python scripts/bench_chat.py

bench-rules: setup
	$(RUN) python scripts/bench_rules.py

bench-guidance: setup
	$(RUN) python scripts/bench_guidance.py

bench-guidance-scale: setup
	$(RUN) python scripts/bench_guidance_scale.py

clean:
	rm -rf .venv .uv var models node_modules assistant/web/static .mypy_cache .ruff_cache .pytest_cache
