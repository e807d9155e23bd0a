#!/usr/bin/env bash
# Installs a package on a bare Debian and looks what of the program works there: in a chroot, on this machine alone.
#
#   Scripts/installed.sh PACKAGE.deb [ROOT]
#
# ROOT is a folder with a Debian in it, which is copied (debootstrap --variant=minbase bookworm ROOT); without one debootstrap
# makes it from the mirror in MIRROR. It takes root's rights, openssl and python3. First only the package is installed: the
# program serves, answers from its recording, and says what is missing. Then what it recommends, from the mirror, and it talks
# HTTPS with a server on the loopback. What is not as it should be ends it with 1.
set -euo pipefail
package=$(realpath "$1")
given=${2:+$(realpath "$2")}
mirror=${MIRROR:-http://deb.debian.org/debian}
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "installed: this takes root's rights" >&2; exit 1; }
work=$(mktemp -d)
root=$work/root
server=
end() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  umount "$root/proc" 2>/dev/null || true
  rm -rf --one-file-system "$work"
}
trap end EXIT

if [ -n "$given" ]; then cp -a "$given" "$root"; else debootstrap --variant=minbase bookworm "$root" "$mirror" >/dev/null; fi
mkdir -p "$root/proc"
mount -t proc proc "$root/proc"
cp "$package" "$root/root/wyn360.deb"

failed=0
count=0
inside() { # COMMAND…: there, with no variable of ours, as somebody who is nobody in particular
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    AWS_EC2_METADATA_DISABLED=true "${variables[@]}" chroot "$root" "$@" </dev/null
}
variables=(ANTHROPIC_BASE_URL=http://127.0.0.1:9)
holds() { # WHAT STATUS PATTERN COMMAND…: the command ends with the status, and says what fits the pattern
  local what=$1 status=$2 pattern=$3 said got=0
  shift 3
  said=$(inside "$@" 2>&1) || got=$?
  count=$((count + 1))
  if [ "$got" = "$status" ] && grep -qE -- "$pattern" <<<"$said"; then
    echo "holds: $what"
  else
    failed=$((failed + 1))
    printf 'FAILS: %s (status %s, not %s)\n%s\n' "$what" "$got" "$status" "$said" | head -n 30
  fi
}

holds "the package is installed with nothing else" 0 "Setting up wyn360" dpkg -i /root/wyn360.deb
holds "no libcurl is there" 2 "" sh -c 'ls /usr/lib/*/libcurl*'
holds "it tells its version, its commit and its build" 0 "^wyn360 [0-9.]+ \((commit [0-9a-f]+|commit not noted).*, release build, Linux" wyn360 --version
holds "its files are whole" 0 "^$" dpkg --verify wyn360
holds "manual and completions are there" 0 "" sh -c '
  test -s /usr/share/man/man1/wyn360.1.gz -o ! -d /usr/share/man/man1 && test -s /usr/share/bash-completion/completions/wyn360 &&
  test -s /usr/share/zsh/vendor-completions/_wyn360 && test -s /usr/share/fish/vendor_completions.d/wyn360.fish'
holds "it answers from its recording" 0 "csv" wyn360 --replay demo "write a script to analyze data.csv"
holds "it serves" 0 '"uptimeMs"' sh -c 'printf "{\"id\":1,\"method\":\"server/ping\"}\n" | wyn360'
holds "the doctor says that there are no credentials" 1 "a prompt would not work" wyn360 doctor
variables+=(ANTHROPIC_API_KEY=sk-ant-nobody)
holds "a prompt says that libcurl is missing, and how it is got" 1 "apt-get install libcurl4" wyn360 "hi"

# What is recommended comes from the mirror, as it would for a person.
cp /etc/resolv.conf "$root/etc/resolv.conf"
holds "what it recommends is installed" 0 "" sh -c "apt-get -qq update && apt-get -qq install -y libcurl4 ca-certificates >/dev/null"

python3 Scripts/installed/upstream.py "$work" &
server=$!
for _ in $(seq 100); do [ -s "$work/variables" ] && break; sleep 0.1; done
mapfile -t variables <"$work/variables"
holds "a server whose certificate nobody knows is not trusted" 1 "certificate" wyn360 "play reading"
cp "$work/ca.pem" "$root/usr/local/share/ca-certificates/wyn360-test.crt"
holds "a certificate is added to the system's" 0 "" update-ca-certificates
holds "the doctor says that a prompt would work" 0 "a prompt would work" wyn360 doctor
holds "a turn over HTTPS, with a tool" 0 "I have read it\. \[done\]" sh -c 'cd /srv && echo first >notes.txt && wyn360 "play reading"'
holds "it is removed, and nothing of it stays" 0 "^$" sh -c 'dpkg -P wyn360 >/dev/null 2>&1; find / -xdev -name "*wyn360*" -not -path "/proc/*" -not -path "/root/wyn360.deb" -not -name "wyn360-test*"'

echo "installed: $((count - failed)) of $count hold"
[ "$failed" = 0 ]
