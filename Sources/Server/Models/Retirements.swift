internal import OperatingSystem
internal import Protocol
internal import Providers
internal import Synchronization

/// What people are told of models that a service will soon have no more, or has no more; nothing is refused because of it.
final class Retirements: Sendable {
  private let time: TimeSource
  /// The models that were told of, by service.
  private let told = Mutex<Set<String>>([])

  /// Nobody was told of anything.
  init(time: TimeSource) { self.time = time }

  /// What to say of a model that is soon gone, once in a process; `nil` when there is nothing to say.
  func notice(of model: String, provider: ProviderID, successor: @autoclosure () -> String?) -> String? {
    guard let family = ModelCatalog.find(model)?.family,
      let day = ModelCatalog.traits(of: model).retires(onBedrock: provider == .bedrock),
      let end = Timestamp.milliseconds("\(day)T00:00:00Z")
    else { return nil }
    let left = end - time.now()
    guard left >= 0, left <= ServerLimits.retirementNoticeMs,
      told.withLock({ $0.insert("\(provider.rawValue) \(family.id)").inserted })
    else { return nil }
    return "\(family.displayName) is retired on \(day)\(successor().map { "; its successor is '\($0)'" } ?? "")"
  }

  /// The failure of a call to a model that is not there, with its successor.
  static func hinted(_ failure: ProviderError, successor: String?) -> ProviderError {
    guard failure.kind == .modelNotFound, failure.remedy != .needsInferenceProfile, let successor else {
      return failure
    }
    var failure = failure
    failure.hint = (failure.hint.map { "\($0); " } ?? "") + "its successor is '\(successor)'"
    return failure
  }
}
