import OperatingSystem
import Protocol
import Providers
import TestSupport
import Testing

@Suite(.ownThread) struct `What is remembered of clients' names` {
  @Test func `is no more than fits, and what was used last stays`() {
    var kept = RecentlyUsed<Int>(most: 3)
    for (number, name) in ["a", "b", "c"].enumerated() { kept.keep(number, as: name) }
    #expect(kept.value("a") == 0)
    kept.keep(3, as: "d")
    #expect(kept.value("b") == nil)
    #expect(["a", "c", "d"].allSatisfy { kept.value($0) != nil })
    kept.keep(9, as: "a")
    kept.keep(4, as: "e")
    #expect(kept.value("a") == 9 && kept.value("c") == nil && kept.value("e") == 4)
  }

  /// Knows none of the profiles of the United States, and lets nobody ask what it knows.
  private struct Refusing: HTTPTransport {
    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
      let isUnknown = request.url.contains("/model/us.")
      let (status, code, message) =
        isUnknown
        ? (400, "ValidationException", "The provided model identifier is invalid.")
        : (403, "AccessDeniedException", "User is not authorized to perform: bedrock:InvokeModel")
      let reply = ScriptedTransport(
        .plain(status, #"{"message":"\#(message)"}"#, ["x-amzn-errortype": code]))
      return try await reply.send(request)
    }
  }

  @Test func `bounds what is asked instead of refused models, however many names clients make up`() async throws {
    let time = ManualClock(.passes).source
    var around = AWSSetup.Surroundings(
      environment: ProcessEnvironment(["AWS_REGION": "us-east-1"]), files: MemoryFiles([:]).source,
      processes: .system, transport: Refusing(), time: time)
    around.region = nil
    let mode = BedrockMode(
      BedrockMode.Settings(
        setup: AWSSetup(around), authorization: TestAuthorization(TestAuthorization.keys()),
        overrides: ModelOverrides(environment: ProcessEnvironment([:])), betas: [], version: "0"),
      transport: Refusing(), time: time)
    func ask(_ name: String) async {
      _ = try? await mode.answer(ModelRequest(model: name, messages: [], maxTokens: 1)) { _ in }
    }
    let unhealed = try mode.choice(of: "sonnet-first")
    await ask("sonnet-first")
    let healed = try mode.choice(of: "sonnet-first")
    #expect(healed.id != unhealed.id && healed.id.hasPrefix("global."))
    for number in 1..<ModelLimits.replacementsMax { await ask("sonnet-\(number)") }
    #expect(try mode.choice(of: "sonnet-first") == healed, "what is used stays")
    for number in 1..<ModelLimits.replacementsMax { await ask("sonnet-again-\(number)") }
    #expect(try mode.choice(of: "sonnet-first") == healed)
    for number in 0..<ModelLimits.replacementsMax { await ask("sonnet-more-\(number)") }
    #expect(try mode.choice(of: "sonnet-first") == unhealed)
  }
}
