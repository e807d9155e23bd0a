#!/usr/bin/env bash
# Runs README's editor examples as they stand there, in the real editors, against the demo recording; then an afternoon in each: every
# method there is, called with the editor's own JSON-RPC client and what that writes for nothing.
# Usage: Scripts/editors.sh PROGRAM; an editor that is not installed is named and passed over.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/ws"
printf '#!/bin/sh\nexec "%s" --replay demo --replay-speed 0 "$@"\n' "$program" >"$work/bin/wyn360"
chmod +x "$work/bin/wyn360"
export PATH="$work/bin:$PATH" HOME="$work" AWS_EC2_METADATA_DISABLED=true ANTHROPIC_API_KEY=test-key-000000
export ANTHROPIC_BASE_URL=http://127.0.0.1:9
# The indented block that follows a line which begins with **NAME**.
example() { awk -v name="**$1**" 'index($0, name) == 1 {on = 1; next} on && /^    / {print substr($0, 5); seen = 1; next} on && seen && NF {exit}' README.md; }

check() { # NAME FILE: the answer of the demo must be in what the editor printed, and its end too
  grep -q "endTurn" "$2" && grep -q "csv" "$2" || { echo "$1: the example gave no answer:"; cat "$2"; exit 1; }
  echo "$1: passed"
}

afternoon() { # NAME FILE
  grep -q "^afternoon: all answered" "$2" || { echo "$1: the afternoon went wrong:"; tail -n 40 "$2"; exit 1; }
  echo "$1: passed an afternoon"
}

here=$PWD
if command -v nvim >/dev/null; then
  # Neovim 0.7 and 0.8 have the same under older names.
  cat >"$work/older.lua" <<'LUA'
vim.lsp.start = vim.lsp.start or vim.lsp.start_client
if vim.fn.has("nvim-0.11") == 0 then
  local get = vim.lsp.get_client_by_id
  vim.lsp.get_client_by_id = function(id)
    local client = get(id)
    return client and setmetatable({ request = function(_, ...) return client.request(...) end }, { __index = client })
  end
end
LUA
  { cat "$work/older.lua"; example Neovim; echo 'vim.wait(20000, function() return answered end)'; } |
    sed 's/print(result.stopReason)/print(result.stopReason); answered = true/' >"$work/example.lua"
  timeout 60 nvim --headless -u NONE +"luafile $work/example.lua" +qa! >"$work/nvim.out" 2>&1
  check Neovim "$work/nvim.out"
  (cd "$work/ws" && timeout 120 nvim --headless -u NONE +"luafile $here/Scripts/editors/afternoon.lua" +qa!) >"$work/nvim.out" 2>&1 || true
  afternoon Neovim "$work/nvim.out"
else echo "Neovim: not installed, skipped"; fi

if command -v emacs >/dev/null; then
  { echo "(require 'jsonrpc)"; example Emacs | sed 's/^(jsonrpc-request wyn360 .agent/(message "%S" &/; /agent\/run/s/$/)/'; } >"$work/example.el"
  timeout 60 emacs -Q --batch -l "$work/example.el" >"$work/emacs.out" 2>&1
  check Emacs "$work/emacs.out"
  (cd "$work/ws" && timeout 120 emacs -Q --batch -l "$here/Scripts/editors/afternoon.el") >"$work/emacs.out" 2>&1 || true
  afternoon Emacs "$work/emacs.out"
else echo "Emacs: not installed, skipped"; fi
