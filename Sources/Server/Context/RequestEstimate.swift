package import Protocol
package import Providers

/// How many tokens a request's prompt has, as near as can be told without asking the API.
package enum RequestEstimate {
  /// The estimate for a model, corrected by what the API counted last.
  package static func tokens(of request: ModelRequest, model: String, calibration: TokenCalibration?) -> Int {
    let estimate = tokens(of: request)
    return calibration?.corrected(estimate, model: model) ?? estimate
  }

  /// What the API's count of a request says of estimates to come; `nil` when it says nothing.
  package static func calibration(by usage: Usage, of request: ModelRequest, model: String) -> TokenCalibration? {
    TokenCalibration(model: model, usage: usage, estimated: tokens(of: request))
  }

  private static func tokens(of request: ModelRequest) -> Int {
    TokenEstimate.system(request.system) + TokenEstimate.tools(request.tools) + TokenEstimate.messages(request.messages)
  }
}
