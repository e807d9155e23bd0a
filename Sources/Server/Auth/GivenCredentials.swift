/// What was handed over for a provider, by `auth/login` or as an answer to `auth/credentials`: it goes before all else.
struct GivenCredentials<Value: Equatable & Sendable>: Sendable {
  /// The credentials; `nil` when none were handed over, or only where to find some.
  private(set) var value: Value?
  /// The method that they came by; `nil` with none.
  private(set) var source: String?
  /// How often credentials were handed over or taken back.
  private(set) var changes = 0

  /// From now on these count, or none.
  mutating func change(to value: Value? = nil, by source: String? = nil) {
    (self.value, self.source) = (value, source)
    changes += 1
  }

  /// What was handed over since some were refused; `nil` for nothing.
  func others(than rejected: Value) -> Value? { value == rejected ? nil : value }
}
