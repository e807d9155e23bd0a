internal import OperatingSystem
internal import Protocol
internal import Providers

/// What the variables of the Anthropic API say.
///
/// Each is good or bad by itself: a bad one is left out and remembered, so that it costs the calls that need it, and never
/// the start of the process.
struct AnthropicVariables {
  private static let names = [
    "ANTHROPIC_BASE_URL", "ANTHROPIC_BETAS", "ANTHROPIC_CUSTOM_HEADERS", "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN",
  ]

  /// The good ones together.
  private(set) var configuration = AnthropicConfiguration(version: Version.number)
  /// What is wrong with each bad one.
  private var flaws: [(name: String, flaw: ProviderError)] = []
  private let environment: ProcessEnvironment

  init(_ environment: ProcessEnvironment) {
    self.environment = environment
    var good: [String: String] = [:]
    for name in Self.names {
      guard let value = environment[name] else { continue }
      do {
        _ = try AnthropicConfiguration(ProcessEnvironment([name: value]), version: Version.number)
        good[name] = value
      } catch {
        flaws.append((name, error))
      }
    }
    if let all = try? AnthropicConfiguration(ProcessEnvironment(good), version: Version.number) { configuration = all }
  }

  /// Why the Anthropic API cannot be asked; `nil` where it can.
  var flaw: ProviderError? { flaws.first?.flaw }

  /// Why no provider can be asked: features in trial are asked of each.
  var flawOfAll: ProviderError? { flaws.first { $0.name == "ANTHROPIC_BETAS" }?.flaw }

  /// Everything in them that must not be seen, good or bad.
  var secrets: [Secret] {
    let keys = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"].compactMap { environment[$0] }
    let isBad = flaws.contains { $0.name == "ANTHROPIC_CUSTOM_HEADERS" }
    let headers = isBad ? environment["ANTHROPIC_CUSTOM_HEADERS"] ?? "" : ""
    let values = headers.split(whereSeparator: \.isNewline).flatMap { line -> [String] in
      [String(line), String(line.drop { $0 != ":" }.dropFirst())].compactMap(ProcessEnvironment.value)
    }
    return configuration.secrets + (keys + values).map(Secret.init)
  }
}
