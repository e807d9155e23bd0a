import OperatingSystem
import Protocol
import Providers
import Server
import Synchronization
import Testing

@Suite struct `What is known of credentials` {
  private let time = TimeSource(now: { 0 }, monotonic: { 0 }, sleep: { _ in }, random: { 0 })

  /// A network that nobody may use.
  private struct NoNetwork: HTTPTransport {
    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
      throw HTTPError(.other, "nobody may be asked")
    }
  }

  private final class Counter: Sendable {
    private let looks = Mutex(0)
    var count: Int { looks.withLock { $0 } }
    var files: FileSource {
      FileSource(
        read: { _ throws(FileFailure) in
          self.looks.withLock { $0 += 1 }
          return nil
        }, replace: { _, _ throws(FileFailure) in })
    }
  }

  private func auth(_ counter: Counter) -> Auth {
    let requests = CredentialRequests(NoClient(), time: time)
    let setup = AWSSetup(
      AWSSetup.Surroundings(
        environment: ProcessEnvironment(["HOME": "/h"]), files: counter.files, processes: .system,
        transport: NoNetwork(), time: time))
    let anthropic = AnthropicAuth(
      environment: AnthropicCredentials(apiKey: Secret("sk-ant-canary")), hasCustomHeader: false, stored: nil,
      isReplay: false, requests: requests)
    let bedrock = BedrockAuth(setup: setup, bearer: nil, isReplay: false, requests: requests)
    return Auth([anthropic, bedrock], active: .anthropic, sink: SilentSink(), time: time)
  }

  @Test func `leaves the AWS files alone until somebody asks about Bedrock, and reads each once`() {
    let counter = Counter()
    let auth = auth(counter)
    auth.noteSuccess(of: .anthropic)
    #expect(auth.known(.anthropic).authenticated)
    #expect(counter.count == 0)
    #expect(auth.known().providers.map(\.state) == [.verified, ProviderStatus.State.none])
    #expect(counter.count == 2, "config and credentials, each once")
    _ = auth.known()
    #expect(counter.count == 2)
  }
}
