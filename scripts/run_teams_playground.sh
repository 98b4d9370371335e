#!/usr/bin/env bash
# Holds the first conversations through Microsoft's Agents Playground in a browser, with pictures in screenshots/teams-playground.
#
# That tool listens on every address, sends telemetry and is licensed for evaluation only. So it is fetched into a temporary
# folder, never into the project, and runs with the service and the browser in a network namespace that has nothing but loopback.
set -euo pipefail
cd "$(dirname "$0")/.."

playground=${PLAYGROUND_DIRECTORY:-$(mktemp -d)}
if [ ! -d "$playground/node_modules/@microsoft/m365agentsplayground" ]; then
    npm install --prefix "$playground" --ignore-scripts --no-audit --no-fund --no-save @microsoft/m365agentsplayground
fi
python=.venv/bin/python
"$python" -m assistant.cli train >/dev/null
exec unshare --net --map-root-user bash -c '
    ip link set lo up
    exec "$0" scripts/run_teams_playground.py "$1" "${@:2}"
' "$python" "$playground" "$@"
