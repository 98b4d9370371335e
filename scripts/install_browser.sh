#!/bin/sh
# Installs the browser that the end-to-end tests use, where there is none, and the packages they check pages with.
set -eu
cd "$(dirname "$0")/.."

for browser in chromium chromium-browser google-chrome; do
    if command -v "$browser" >/dev/null 2>&1; then
        found=$browser
        break
    fi
done

if [ -z "${found:-}" ]; then
    as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo"
    $as_root apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends chromium
fi
