package import Protocol

/// W3C trace contexts, by which a request is found again in other systems' logs.
package enum TraceContext {
  /// Refuses what has not the form of a `traceparent`: nothing else may reach a header.
  static func check(_ text: String) throws(ProviderError) {
    guard isParent(text) else {
      throw ProviderError(
        .invalidRequest, "traceparent is not a W3C trace context",
        hint: "it looks like 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    }
  }

  private static func isParent(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let isHexadecimal = text.utf8.allSatisfy {
      Byte.isHexDigit($0) && $0 == Byte.lowercased($0) || $0 == UInt8(ascii: "-")
    }
    return parts.map(\.utf8.count) == [2, 32, 16, 2] && isHexadecimal
  }

  /// What of a message's `_meta` is a trace's, to be handed on: `traceparent`, `tracestate` and `baggage`, as they came.
  ///
  /// Nothing is made up where there is none. A state belongs to a parent, and is left out without one, as is what is longer
  /// than the recommendations have anybody carry.
  ///
  /// Source: W3C's Trace Context and Baggage; MCP's SEP-414, which has the three names in `_meta`.
  package static func handedOn(_ meta: JSONObject?) -> JSONObject {
    var trace = JSONObject()
    if let parent = meta?["traceparent"]?.string, isParent(parent) {
      trace["traceparent"] = .string(parent)
      trace["tracestate"] = text(meta?["tracestate"], most: ProviderLimits.traceStateMax)
    }
    trace["baggage"] = text(meta?["baggage"], most: ProviderLimits.baggageMax)
    return trace
  }

  private static func text(_ json: JSON?, most: Int) -> JSON? {
    guard let text = json?.string, 1...most ~= text.utf8.count else { return nil }
    return .string(text)
  }
}
