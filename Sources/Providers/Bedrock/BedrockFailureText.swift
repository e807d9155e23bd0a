/// What a person is told when Bedrock cannot be asked at all; the user's specification has these texts.
package enum BedrockFailureText {
  /// There are no credentials, and these variables would be some.
  package static func missing(_ missing: MissingCredentials) -> String {
    let variables =
      missing.variables.isEmpty ? "" : "\nMissing variables: \(missing.variables.joined(separator: ", "))\n"
    let notes = missing.notes.isEmpty ? "" : "\nAlso looked at:\n\(missing.notes.map { "  - \($0)\n" }.joined())"
    return """
      AWS Bedrock mode enabled but credentials not found.

      Please set the following environment variables:
        - AWS_ACCESS_KEY_ID
        - AWS_SECRET_ACCESS_KEY
        - AWS_SESSION_TOKEN (optional, for temporary credentials)
      \(variables)\(notes)
      Or disable Bedrock mode:
        unset CLAUDE_CODE_USE_BEDROCK

      """
  }

  /// AWS cannot be asked from this process: a setting says its own failure, files are told of like credentials.
  package static func failed(_ failure: AWSSetupError) -> ProviderError {
    switch failure {
    case .setting(let setting): ProviderError(misconfigured: setting)
    case .credentials(let error): failed(error)
    }
  }

  /// What is configured gives no credentials.
  package static func failed(_ failure: CredentialsError) -> ProviderError {
    let kind: ProviderError.Kind =
      switch failure.kind {
      case .expired: .authExpired
      case .denied: .accessDenied
      case .unavailable: .network
      case .cancelled: .cancelled
      case .configuration: .authRequired
      }
    let message = """
      Failed to create AWS Bedrock client: \(failure.message)

      Common causes:
        - Invalid AWS credentials
        - Bedrock not enabled in your AWS account
        - Incorrect AWS region (check AWS_DEFAULT_REGION)
        - Network connectivity issues

      Verify your setup:
        1. Check credentials: aws sts get-caller-identity
        2. Check Bedrock access: aws bedrock list-foundation-models
        3. Ensure region supports Bedrock (us-east-1, us-west-2, etc.)
      """
    return ProviderError(kind, message, hint: failure.hint)
  }
}
