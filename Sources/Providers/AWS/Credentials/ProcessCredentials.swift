package import OperatingSystem
package import Protocol

/// Credentials that another program writes to its standard output: `credential_process` of a profile.
///
/// The command goes to the shell, as the SDKs have it, with all variables of this process. Its output is credentials and
/// is shown nowhere; what it complains is shown in part, without anything that looks as if it came from the output.
///
/// Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
package struct ProcessCredentials: CredentialSource {
  private let command: Secret
  private let profile: String
  private let accountID: String?
  private let hidden: [Secret]
  private let runner: ProcessRunner

  /// The credentials of a profile's command.
  ///
  /// `accountID` is the profile's, for a program that does not tell; `hidden` is what must not be quoted, as the program
  /// may write down the variables it was given.
  package init(
    command: Secret, profile: String, accountID: String? = nil, hidden: [Secret] = [], runner: ProcessRunner
  ) {
    self.command = command
    self.profile = profile
    self.accountID = accountID
    self.hidden = hidden
    self.runner = runner
  }

  /// Runs the program and reads what it answers.
  ///
  /// Without an expiration the credentials do not end.
  package func credentials() async throws(CredentialsError) -> AWSCredentials? {
    let request = ProcessRequest(["/bin/sh", "-c", command.reveal()])
    let outcome: ProcessOutcome
    do { outcome = try await runner.run(request) } catch { throw failure(error.message) }
    switch outcome.ending {
    case .exited(0): return try read(outcome.output)
    case .exited, .signalled: throw failure("\(outcome.ending)\(complaint(outcome))")
    case .timedOut: throw failure("it took longer than \(request.timeoutMs / 1_000) s\(complaint(outcome))")
    case .cancelled: throw .cancelled
    case .tooMuchOutput: throw failure("it wrote more than \(request.outputMax) bytes")
    }
  }

  private func read(_ output: [UInt8]) throws(CredentialsError) -> AWSCredentials {
    let document = try CredentialDocument(output, origin: "the output of \(name)")
    guard document.number("Version") == 1 else {
      let version = document.number("Version").map(String.init) ?? "missing"
      throw failure("the `Version` of its output is \(version); 1 is the only one there is")
    }
    return AWSCredentials(
      accessKeyID: try document.required("AccessKeyId"), secretAccessKey: try document.secret("SecretAccessKey"),
      sessionToken: document.text("SessionToken").map(Secret.init), expiresAt: try document.moment("Expiration"),
      accountID: document.text("AccountId") ?? accountID, source: "profile \(profile) (credential_process)")
  }

  private var name: String { "credential_process of profile `\(profile)`" }

  private func failure(_ reason: String) -> CredentialsError {
    CredentialsError(.unavailable, "\(name) failed: \(reason)", hint: "run the command of profile \(profile) by hand")
  }

  /// What the program said on standard error, shortened, on one line and without secrets.
  private func complaint(_ outcome: ProcessOutcome) -> String {
    let mask = SecretMask(secrets(of: outcome))
    let words = mask.masked(String(decoding: outcome.errors, as: UTF8.self)).split(whereSeparator: \.isWhitespace)
    guard !words.isEmpty else { return " and said nothing" }
    let text = words.joined(separator: " ")
    let excerpt = text.prefix(ProviderLimits.excerptMax)
    return ": \(excerpt)\(excerpt.endIndex < text.endIndex ? "…" : "")"
  }

  /// What must not be quoted: the command's words, which may be passwords, and every text of a half good output.
  private func secrets(of outcome: ProcessOutcome) -> [Secret] {
    let words = command.reveal().split { " \t\"'".contains($0) }.dropFirst()
    let output = String(decoding: outcome.output, as: UTF8.self)
    let texts = output.split { " \t\r\n\"',:{}".contains($0) }
    return hidden + (words + texts).map { Secret(String($0)) }
  }
}
