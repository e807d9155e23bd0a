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
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || 0x09...0x0D ~= $0 }
    let word = Array(output.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    guard !word.isEmpty else {
      throw CredentialsError(
        .configuration, "the command of apiKeyHelper printed nothing",
        hint: "it must print the key to its standard output")
    }
    guard word.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw CredentialsError(
        .configuration, "the command of apiKeyHelper printed more than one word, or a character that no key has",
        hint: "it must print the key and nothing else")
    }
    return Secret(String(decoding: word, as: UTF8.self))
  }
}
