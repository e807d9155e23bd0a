internal import Protocol
internal import Providers

/// The model that answers a prompt when the one that was asked is overloaded, or refuses; once in a run.
struct FallbackModel: Sendable {
  /// Its name; `nil` where nobody named one.
  let name: String?
  /// How often the session's model had been switched when it took over; `nil` as long as it has not.
  private var since: Int?

  /// The one of that name, which has not been asked.
  init(_ name: String?) { self.name = name }

  /// The name to ask by where it has taken over, and nobody has switched the model since.
  func standsIn(since switches: Int) -> String? { since == switches ? name : nil }

  /// Lets it take over; false where it has already.
  mutating func standIn(at switches: Int) -> Bool {
    guard since == nil else { return false }
    since = switches
    return true
  }

  /// Why another model may do better after a failure; `nil` where the caller or the request is what is wrong, or where
  /// something of an answer was heard.
  static func reason(_ failure: ProviderError) -> String? {
    guard !failure.wasHeard else { return nil }
    if failure.kind == .overloaded || failure.status == 503 { return "is overloaded" }
    return failure.kind == .providerError && failure.status ?? 0 >= 500 ? "cannot answer (\(failure.message))" : nil
  }

  /// Why another model may do better after an answer; `nil` where it is one.
  static func reason(_ message: ModelMessage) -> String? {
    guard message.stopReason == "refusal" else { return nil }
    let category = message.raw["stop_details"]?["category"]?.string
    return "refused to answer" + (category.map { " (\($0))" } ?? "")
  }
}
