/// The codes by which AWS's services name their errors.
enum ErrorCode {
  /// A code without its namespace and the address behind it; `nil` where nothing is left.
  ///
  /// `com.amazonaws.secretsmanager#ResourceNotFoundException:http://internal/` is `ResourceNotFoundException` (AWS
  /// restJson1 protocol, "Operation error serialization").
  static func bare(_ text: String) -> String? {
    let head = text.prefix { $0 != ":" }
    let separators: Set<Character> = ["#", "/", "."]
    let start = head.lastIndex(where: separators.contains).map(head.index(after:)) ?? head.startIndex
    let bare = head[start...].filter { !$0.isWhitespace }
    return bare.isEmpty ? nil : String(bare)
  }

  /// Whether a code is the service's wish that we wait; codes come with and without `Exception` at their end.
  static func isThrottling(_ code: String) -> Bool { throttling.contains(withoutEnding(code)) }

  /// Whether a code may mean that the request was dated wrongly (the clock errors of the AWS SDKs).
  static func isOfClock(_ code: String) -> Bool { ofClock.contains(withoutEnding(code)) }

  private static func withoutEnding(_ code: String) -> String {
    code.hasSuffix("Exception") ? String(code.dropLast(9)) : code
  }

  private static let throttling: Set = [
    "Throttling", "Throttled", "RequestThrottled", "RequestLimitExceeded", "TooManyRequests", "SlowDown",
    "PriorRequestNotComplete",
  ]
  private static let ofClock: Set = [
    "AuthFailure", "InvalidSignature", "RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
  ]
}
