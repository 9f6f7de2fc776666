#!/bin/sh
# A bare Debian has Python without its venv module: install it where we may, or say what to install.
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Python's venv module is missing: installing the package python3-venv"
  { apt-get install -y -qq --no-install-recommends python3-venv || { apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv; }; } >/dev/null && exit 0
fi
echo "Python's venv module is missing. Install it and try again: apt-get install python3-venv" >&2
exit 1
