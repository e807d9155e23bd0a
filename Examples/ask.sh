#!/bin/sh
# Asks once and prints the answer as it comes: ask.sh "why is the sky blue?"
jq -cn --arg prompt "$*" '{jsonrpc: "2.0", id: 1, method: "agent/run", params: {prompt: $prompt}}' | wyn360 |
  jq -j --unbuffered '
    if .params.type == "textDelta" then .params.text
    elif .error then .error.message + "\n" | halt_error(1)
    elif .id == 1 then "\n"
    else empty end'
