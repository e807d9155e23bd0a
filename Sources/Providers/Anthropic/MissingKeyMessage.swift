/// What is said when there is no key for the Anthropic API: the roadmap's texts, word for word.
package enum MissingKeyMessage {
  /// Said when a model is asked (roadmap section 2.2).
  package static let provider = """
    ANTHROPIC_API_KEY is required when not using AWS Bedrock.
    Set environment variable: export ANTHROPIC_API_KEY=sk-ant-xxx
    Or enable Bedrock mode: export CLAUDE_CODE_USE_BEDROCK=1
    """

  /// Said by the command line before it starts, with the options in more detail (roadmap section 3.1).
  package static let commandLine = """
    Error: ANTHROPIC_API_KEY not set

    Options:
      1. Set Anthropic API key: export ANTHROPIC_API_KEY=sk-ant-xxx
      2. Use AWS Bedrock: export CLAUDE_CODE_USE_BEDROCK=1
         (requires AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)
    """
}
