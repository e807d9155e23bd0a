package import OperatingSystem
import Protocol

/// A key of the Anthropic API that a command prints: `apiKeyHelper` of the settings.
package enum KeyCommand {
  /// The key that the command prints, used for five minutes and until the API refuses it.
  package static func source(_ command: String, runner: @escaping CommandRunner, time: TimeSource) -> KeptKey {
    KeptKey(lifetime: RemoteCredentialLimits.keyCommandLifetime, time: time) { () throws(CredentialsError) in
      try key(in: try await runner(command))
    }
  }

  /// The key in a command's output: one word, whatever space is around it.
  ///
  /// - Throws: ``CredentialsError`` that quotes nothing of it.
  static func key(in output: [UInt8]) throws(CredentialsError) -> Secret {
    do { return try LoneWord.secret(in: output) } catch {
      switch error {
      case .isEmpty:
        throw CredentialsError(
          .configuration, "the command of apiKeyHelper printed nothing",
          hint: "it must print the key to its standard output")
      case .isNoWord:
        throw CredentialsError(
          .configuration, "the command of apiKeyHelper printed more than one word, or a character that no key has",
          hint: "it must print the key and nothing else")
      }
    }
  }
}
