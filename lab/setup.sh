#!/bin/sh
# Makes this clone ready to run: `npm run setup`. It may be run at any time and as often as one likes: what is there is
# left alone, what is missing is installed and named. This script gets as far as a Node that runs TypeScript; the rest
# is lab/setup/main.ts.
set -eu

root=$(dirname "$(dirname "$(readlink -f "$0")")")
cache=${KAFKA_RENDER_LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kafka-render-lab}
cd "$root"

say() { echo "set-up: $*"; }
fail() { echo "set-up: $*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }
needs() { missing="$missing $*"; }

# One set-up at a time, in this clone and over this cache. The locks go with the last process that holds them.
one_at_a_time() {
  mkdir -p "$cache"
  exec 8<"$root/lab/setup.sh" 9<"$cache"
  flock -n 8 && flock -n 9 && return
  say 'another set-up is running: waiting for it'
  flock 8 && flock 9
}

check_the_machine() {
  { has node && has npm; } || fail 'needs Node 20 or newer with npm first in PATH; on Debian: apt-get install nodejs npm'
  version=$(node --version)
  major=${version#v}
  [ "${major%%.*}" -ge 20 ] || fail "needs Node 20 or newer, but 'node' is $version: put a newer one first in PATH"
  check_go
}

# What MinIO's go.mod asks for. From 1.21 on Go fetches a newer toolchain by itself, unless GOTOOLCHAIN says otherwise.
check_go() {
  advice='https://go.dev/doc/install, then put its bin first in PATH'
  has go || fail "needs Go 1.24 or newer to build MinIO (Debian 12 has an older one): $advice"
  version=$(go env GOVERSION)
  minor=${version#go1.}
  minor=${minor%%[!0-9]*}
  if [ "${minor:-0}" -ge 24 ]; then return; fi
  case "$(go env GOTOOLCHAIN)" in *auto) [ "${minor:-0}" -lt 21 ] || return 0 ;; esac
  fail "needs Go 1.24 or newer to build MinIO, but 'go' is ${version:-very old}: $advice"
}

# The headers build the Kafka client's addon where its prebuilt binary cannot be downloaded.
list_missing_packages() {
  missing=
  has blender || needs blender
  has bwrap || needs bubblewrap
  has chromium || needs chromium
  has java || needs openjdk-17-jre-headless
  has mvn || needs maven
  python3 -c 'import venv, ensurepip' 2>/dev/null || needs python3 python3-venv
  [ -e node_modules/@confluentinc/kafka-javascript/build/Release/confluent-kafka-javascript.node ] && return
  has g++ || needs g++
  has make || needs make
  for package in libssl-dev libsasl2-dev libcurl4-openssl-dev zlib1g-dev libzstd-dev liblz4-dev; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || needs "$package"
  done
}

# Prints how to become root: nothing when we are, `sudo`, or fails. Without a terminal sudo must not ask for a password.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then return; fi
  has sudo || return 1
  if [ -t 0 ]; then echo sudo; else sudo -n true 2>/dev/null && echo 'sudo -n'; fi
}

install_packages() {
  command="apt-get install -y --no-install-recommends$missing"
  has apt-get || fail "needs these packages (Debian's names), which it can only install on Debian:$missing"
  root_prefix=$(as_root) || fail "needs Debian packages, but may not become root here. Run as root: apt-get update && $command"
  say "installing Debian packages:$missing"
  log=$cache/debian-packages.log
  # shellcheck disable=SC2086 # a list of words on purpose
  { $root_prefix apt-get -o DPkg::Lock::Timeout=600 update &&
    $root_prefix env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends $missing
  } >"$log" 2>&1 </dev/null || { tail -n 20 "$log" >&2; fail "Debian packages could not be installed (all of it in $log): apt-get update && $command"; }
}

# Not `npm ci`: it refuses a lock file that lacks the optional packages of other platforms, and npm writes such a one
# wherever a registry does not have them all. This installs the same versions, checked against the same hashes.
install_npm_packages() {
  node lab/setup/npm-packages-match.mjs && return
  say 'installing npm packages as package-lock.json says'
  npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error ||
    fail 'npm packages could not be installed: npm install --no-save --ignore-scripts'
}

# Its own installer fetches the package with the binary and the headers; `npm rebuild` then links node_modules/.bin/node.
install_node_24() {
  if node_modules/node/bin/node --version >/dev/null 2>&1 && [ -e node_modules/.bin/node ] &&
    ls node_modules/node/node_modules/*/include/node/node.h >/dev/null 2>&1; then return; fi
  say "installing Node $(node -p 'require("./node_modules/node/package.json").version') for this clone"
  (cd node_modules/node && node installArchSpecificPackage.js >/dev/null) ||
    fail 'Node 24 could not be installed: cd node_modules/node && node installArchSpecificPackage.js'
  npm rebuild node --ignore-scripts --loglevel=error >/dev/null
}

one_at_a_time
check_the_machine
list_missing_packages
if [ -n "$missing" ]; then install_packages; fi
install_npm_packages
install_node_24
exec bin/node lab/setup/main.ts
