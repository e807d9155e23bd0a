import Foundation
import OperatingSystem
import Protocol
import Providers
import TestSupport
import Testing

@Suite(.hangGuard, .ownThread) struct `A credential process:` {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A program that is this script.
  private func source(_ script: String, arguments: String = "", timeoutMs: Int? = nil) throws -> ProcessCredentials {
    let path = try folder.write("program", "#!/bin/sh\n" + script, mode: 0o755)
    let runner = ProcessRunner { request throws(ProcessFailure) in
      var request = request
      if let timeoutMs { request.timeoutMs = timeoutMs }
      return try await ProcessRunner.system.run(request)
    }
    return ProcessCredentials(
      command: Secret("/bin/sh \(path) \(arguments)"), profile: "dev", accountID: "7",
      hidden: [Secret("canary-variable")],
      runner: runner)
  }

  private func failure(_ script: String, arguments: String = "", timeoutMs: Int? = nil) async throws
    -> CredentialsError
  {
    let source = try source(script, arguments: arguments, timeoutMs: timeoutMs)
    let error = await #expect(throws: CredentialsError.self) { try await source.credentials() }
    let found = try #require(error)
    #expect(!String(describing: found).contains("canary"), "\(found)")
    #expect(found.message.contains("profile `dev`"))
    return found
  }

  @Test func `its answer is credentials that do not end unless it says so`() async throws {
    let found = try await source(#"echo '{"Version": 1, "AccessKeyId": "id", "SecretAccessKey": "secret"}'"#)
      .credentials()
    #expect(
      found
        == AWSCredentials(
          accessKeyID: "id", secretAccessKey: Secret("secret"), accountID: "7",
          source: "profile dev (credential_process)"))
    let full = try await source(
      #"""
      cat << END
      {"Version": 1, "accessKeyID": "id", "secretAccessKey": "secret", "SessionToken": "token",
       "Expiration": "2009-02-13T23:31:30+00:00", "AccountId": "42"}
      END
      """#
    ).credentials()
    #expect(full?.sessionToken?.reveal() == "token")
    #expect(full?.expiresAt == 1_234_567_890_000)
    #expect(full?.accountID == "42")
  }

  @Test func `its command goes through the shell, quotes and all`() async throws {
    let script = #"echo "{\"Version\": 1, \"AccessKeyId\": \"$1|$2\", \"SecretAccessKey\": \"$#\"}""#
    let found = try await source(script, arguments: #""two words" '$HOME' | cat"#).credentials()
    #expect(found?.accessKeyID == "two words|$HOME")
  }

  @Test func `another version is refused`() async throws {
    for version in [#""Version": 2, "#, #""Version": "1", "#, #""Version": null, "#, ""] {
      let error = try await failure(
        "echo '{\(version)\"AccessKeyId\": \"canaryid1\", \"SecretAccessKey\": \"canarysecret\"}'")
      #expect(error.message.contains("Version"))
    }
  }

  @Test(arguments: [
    "", "[]", "canary", #"{"Version": 1, "AccessKeyId": "canaryid"}"#,
    #"{"Version": 1, "SecretAccessKey": "canarysecret"}"#,
    #"{"Version": 1, "AccessKeyId": "", "SecretAccessKey": "canarysecret"}"#,
    #"{"Version": 1, "AccessKeyId": "canaryid", "SecretAccessKey": "canarysecret", "Expiration": "canary tomorrow"}"#,
    #"{"Version": 1, "AccessKeyId": "canaryid", "SecretAccessKey": "canarysecret""#,
  ])
  func `what is no answer is refused without a word of it`(output: String) async throws {
    #expect(try await failure("printf '%s' '\(output)'").kind == .unavailable)
  }

  @Test func `a failure says its status and what the program complained`() async throws {
    let error = try await failure("echo 'no session,\n  sign in first' >&2; exit 3")
    #expect(error.message.contains("ended with status 3: no session, sign in first"))
    #expect(error.hint?.contains("dev") == true)
    #expect(try await failure("exit 1").message.contains("status 1 and said nothing"))
    #expect(try await failure("kill -9 $$").message.contains("status 137"))
  }

  @Test func `what it complains is short and without secrets`() async throws {
    let error = try await failure(
      """
      echo '{"SecretAccessKey": "canary-output"}'
      echo "with $1, canary-output and canary-variable" >&2
      head -c 5000 /dev/zero | tr '\\0' x >&2
      exit 1
      """, arguments: "--password=canary-argument")
    #expect(error.message.contains("with •••, ••• and •••"))
    #expect(error.message.count < 400)
  }

  @Test(.tags(.realTime)) func `one that hangs in real time is ended with all it has started`() async throws {
    // So long that it has started its child on a busy machine.
    let error = try await failure(
      "trap '' TERM; sleep 300 & echo $! > \(folder.path)/child; sleep 300", timeoutMs: 3_000)
    #expect(error.message.contains("took longer"))
    let written = try #require(folder.text("child"))
    let child = try #require(Int32(written.filter(\.isNumber)))
    try await HangGuard.wait { ProcessState.isGone(child) }
  }

  @Test func `one that writes without end is ended`() async throws {
    let error = try await failure("while :; do echo canarycanarycanarycanarycanary; done")
    #expect(error.message.contains("more than \(ProcessLimits.outputMax) bytes"))
  }

  @Test func `it has nothing to read, and all variables of this process`() async throws {
    let script = #"echo "{\"Version\": 1, \"AccessKeyId\": \"$(cat)$HOME\", \"SecretAccessKey\": \"x\"}""#
    #expect(try await source(script).credentials()?.accessKeyID == ProcessInfo.processInfo.environment["HOME"])
  }
}
