import OperatingSystem
import Protocol
import Providers
import Synchronization
import TestSupport
import Testing

@Suite struct `The setup of AWS` {
  /// The user's files, which note each look at them.
  private final class Watched: Sendable {
    private let looks = Mutex<[String]>([])
    private let texts: [String: String]

    init(_ texts: [String: String]) { self.texts = texts }

    var reads: [String] { looks.withLock { $0 } }

    var source: FileSource {
      FileSource(
        read: { path throws(FileFailure) in
          self.looks.withLock { $0.append(path) }
          return self.texts[path].map { Array($0.utf8) }
        }, replace: { _, _ throws(FileFailure) in })
    }
  }

  private func setup(_ files: Watched, _ variables: [String: String] = ["HOME": "/h"]) -> AWSSetup {
    AWSSetup(
      AWSSetup.Surroundings(
        environment: ProcessEnvironment(variables), files: files.source, processes: .system,
        transport: ScriptedTransport(), time: ManualClock(.passes).source))
  }

  @Test func `reads no file before it is asked, and each file once for all that files say`() throws {
    let files = Watched([
      "/h/.aws/config": "[default]\nregion = eu-west-1\naws_access_key_id = A\naws_secret_access_key = S\n"
    ])
    let setup = setup(files)
    #expect(files.reads.isEmpty)
    #expect(setup.missingVariables == ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
    #expect(files.reads.isEmpty, "variables are no files")
    #expect(setup.configuredSource == "profile default")
    #expect(try setup.region.name == "eu-west-1")
    _ = try setup.endpoint(of: .bedrock, in: setup.region)
    #expect(files.reads == ["/h/.aws/config", "/h/.aws/credentials"])
    setup.reset()
    #expect(try setup.region.name == "eu-west-1")
    #expect(files.reads.count == 4, "what was forgotten is read again")
  }

  @Test func `says whether a setting or a file is wrong, and Bedrock has words for both`() throws {
    let region = #expect(throws: AWSSetupError.self) { try setup(Watched([:]), ["AWS_REGION": "a b"]).region }
    guard case .setting(let setting)? = region else {
      Issue.record("no setting")
      return
    }
    #expect(setting.message.hasPrefix("AWS_REGION"))
    let told = BedrockFailureText.failed(.setting(setting))
    #expect(told.kind == .invalidRequest && !told.retryable && told.hint == setting.hint)
    let files = Watched(["/h/.aws/config": "what is this"])
    let file = #expect(throws: AWSSetupError.self) { try setup(files).region }
    guard case .credentials(let error)? = file else {
      Issue.record("no failure of credentials")
      return
    }
    #expect(error.kind == .configuration)
    #expect(BedrockFailureText.failed(.credentials(error)).message.hasPrefix("Failed to create AWS Bedrock client"))
  }
}
