package import Protocol
package import Providers

extension Session {
  /// The tokens of a request's prompt: an estimate, corrected by what the API counted last.
  package func tokens(of request: ModelRequest, model: String) -> Int {
    let estimate = Self.estimate(request)
    return calibration?.corrected(estimate, model: model) ?? estimate
  }

  /// Takes what the API counted as the measure for what comes.
  package func calibrate(_ request: ModelRequest, model: String, usage: Usage) {
    guard let calibration = TokenCalibration(model: model, usage: usage, estimated: Self.estimate(request)) else {
      return
    }
    self.calibration = calibration
  }

  private static func estimate(_ request: ModelRequest) -> Int {
    TokenEstimate.system(request.system) + TokenEstimate.tools(request.tools) + TokenEstimate.messages(request.messages)
  }
}
