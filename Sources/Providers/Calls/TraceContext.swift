internal import Protocol

/// W3C trace contexts, by which a request is found again in other systems' logs.
enum TraceContext {
  /// Refuses what has not the form of a `traceparent`: nothing else may reach a header.
  static func check(_ text: String) throws(ProviderError) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let isHexadecimal = text.utf8.allSatisfy {
      Byte.isHexDigit($0) && $0 == Byte.lowercased($0) || $0 == UInt8(ascii: "-")
    }
    guard parts.map(\.utf8.count) == [2, 32, 16, 2], isHexadecimal else {
      throw ProviderError(
        .invalidRequest, "traceparent is not a W3C trace context",
        hint: "it looks like 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    }
  }
}
