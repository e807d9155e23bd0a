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
}
