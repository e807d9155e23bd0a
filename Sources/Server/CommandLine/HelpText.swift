/// What the program says of itself.
package enum HelpText {
  /// The answer to `--help`.
  package static let text = """
    wyn360 \(Version.number): Claude for editors and scripts, over one pipe

    wyn360 [options] "prompt"             ask once; the answer goes to stdout
    wyn360 [options] - < FILE             ask what stdin holds; piped text is added to a prompt
    wyn360 [options] [--stdio]            serve JSON-RPC 2.0 on stdin and stdout
    wyn360 [options] call METHOD [PARAMS] call one method, print its result
    wyn360 [options] sessions [list | show NAME | delete NAME...]
                                          look at stored sessions; --json for programs

    Asking
      -m, --model NAME       the model; ANTHROPIC_MODEL, else \(ServerLimits.model)
      --fallback-model NAME  the model that answers when that one is overloaded, or refuses (none)
      --system TEXT          instructions to the model
      --max-tokens N         the most tokens of one answer (as many as the model writes well)
      --max-turns N          the most times the model is asked (\(ServerLimits.maxTurns))
      --thinking N           let the model think first, with N tokens at most
      --effort low|medium|high|xhigh|max
                             how hard the model should try
      --json                 print the whole result as one line of JSON, failures too
      --no-stdin             leave alone what stdin holds
      --stdin-timeout S      how long a pipe may be silent at first (\(ServerLimits.pipedFirstByteMs / 1_000); 0 for ever)

    Sessions that stay
      --sessions DIR         keep each session in a file of that folder (WYN360_SESSIONS; none)
      --session NAME         go on with that stored session, or begin it
      --continue             go on with the last one of this folder
      --sessions-keep 30d    let those go in which nothing was said for so long; h, d or w (never)
      --sessions-max 1GB     let the oldest go when all have more bytes than that (never)

    What it may do
      --allow edits|commands|all
                             without being asked: change files in the workspace; also run commands; also delete,
                             and everything outside. Reading in the workspace is free
      --rule allow|ask|deny:RULE
                             one rule more, such as 'allow:execute_command(git status:*)' or 'deny:*(secrets/**)'
      --permission-mode ask|acceptEdits|readOnly|bypass
                             what happens unasked; rules and --allow add to it (ask)
      --tools A,B            offer only these tools; '' for none
      --budget USD           stop before a call would cost more than that in all

    Who answers
      --anthropic, --bedrock the Anthropic API or AWS Bedrock, whatever CLAUDE_CODE_USE_BEDROCK says
      --region LIST|auto     the AWS region; several are asked in turn when one cannot answer, auto by nearness
      --api-key-helper CMD   a shell command that prints the Anthropic key
      --aws-auth-refresh CMD a shell command that renews AWS credentials, such as 'aws sso login'
      --stall-notice-ms N    say so when nothing has come for so long, and again after as long; 0 for never (60000)
      --idle-timeout-ms N    give a call up when no byte comes for so long (300000; Bedrock 900000)
      --content-timeout-ms N give it up when the connection lives but the answer does not grow (1200000)
      --call-timeout-ms N    give it up when it is not done by then, tries and waits included (never)
      --retries N            how often a call that failed is made again (2)
      --audit FILE           add a line for every call: model, tokens, cost, outcome; never what was said

    Serving
      --framing auto|lines|headers
                             how messages are told apart; the first bytes decide
      --drain-timeout S      how long the end of input may wait for answers (\(ServerLimits.drainMs / 1_000))
      --log off|error|warning|info|debug
                             lines on stderr (off); debug tells of every request, without secrets

    Without a network
      --record FILE          write every exchange with the provider, without secrets
      --replay FILE|demo     answer from such a file, or from the one built in
      --replay-speed N       0 at once, 1 as recorded

      -h, --help             this
      -V, --version          the version

    Credentials come from the environment: ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN or ANTHROPIC_API_KEY_SECRET_ID;
    with CLAUDE_CODE_USE_BEDROCK=1 AWS_BEARER_TOKEN_BEDROCK, or wherever the AWS command line finds them.
    Exit status:
    \(statuses)
      128 + N  ended by signal N: 130 interrupted, 141 nobody reads stdout
    The protocol: protocol-spec.md, or wyn360 call server/describe.

    """

  private static var statuses: String {
    ExitStatus.allCases.map { "  \($0.rawValue)  \($0.meaning)" }.joined(separator: "\n")
  }

  /// What a terminal gets that said nothing.
  package static let hint = """
    wyn360 asks Claude, or serves JSON-RPC on a pipe. Try:

      wyn360 --replay demo "write a script to analyze data.csv"
      wyn360 --help

    """
}
