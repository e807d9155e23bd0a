package import Protocol

/// What the API counted last time, by which estimates of the next request are corrected.
///
/// A request nearly always begins with the last one: only what came since is estimated, at the rate at which the last
/// estimate was wrong. Models count differently, so a count is good for its own model only.
package struct TokenCalibration: Hashable, Sendable {
  private var model: String
  private var counted: Int
  private var estimated: Int

  /// A count of the API, and what ``TokenEstimate`` said of the same request; `nil` when one of them says nothing.
  package init?(model: String, counted: Int, estimated: Int) {
    guard counted > 0, estimated > 0 else { return nil }
    self.model = model
    self.counted = counted
    self.estimated = estimated
  }

  /// The usage of a call as a count; the prompt is what was sent, cached or not.
  package init?(model: String, usage: Usage, estimated: Int) {
    self.init(model: model, counted: usage.prompt, estimated: estimated)
  }

  /// The tokens of a request to that model whose estimate is given.
  package func corrected(_ estimate: Int, model: String) -> Int {
    guard model == self.model else { return estimate }
    // A request that is the last one and more: what was counted stays as it was counted.
    if estimate >= estimated { return counted.plus(scaled(estimate - estimated)) }
    return min(counted, scaled(estimate))
  }

  private func scaled(_ estimate: Int) -> Int {
    let limits = ContextLimits.correction
    let permille = min(max(counted.multiplied(by: 1_000, over: estimated), limits.lowerBound), limits.upperBound)
    return estimate.multiplied(by: permille, over: 1_000)
  }
}

extension Int {
  /// The product divided, rounded up, without overflow in between; the largest number when it does not fit.
  package func multiplied(by factor: Int, over divisor: Int) -> Int {
    let (high, low) = magnitude.multipliedFullWidth(by: factor.magnitude)
    guard divisor.magnitude > high else { return .max }
    let (quotient, rest) = divisor.magnitude.dividingFullWidth((high, low))
    return Int(clamping: rest > 0 ? quotient.addingReportingOverflow(1).partialValue : quotient)
  }
}
