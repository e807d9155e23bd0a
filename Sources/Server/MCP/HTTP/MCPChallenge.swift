internal import Protocol
internal import Providers

/// What a server wants of whoever asks without showing that they may: its `WWW-Authenticate` of the scheme `Bearer` (RFC
/// 6750 section 3, RFC 9728 section 5.1).
struct MCPChallenge: Sendable {
  /// Where the document lies that tells who gives tokens.
  private(set) var document: String?
  /// What a token must allow, separated by blanks.
  private(set) var scope: String?
  /// What was wrong with the token that came: `invalid_token`, `insufficient_scope`.
  private(set) var error: String?
  /// The same for a person.
  private(set) var reason: String?

  /// Reads the challenges of an answer; what is not understood is passed over.
  init(_ headers: HTTPHeaders) {
    for (name, value) in headers.fields where name.lowercased() == "www-authenticate" {
      for (name, value) in Self.parameters(value) {
        switch name {
        case "resource_metadata": document = document ?? value
        case "scope": scope = scope ?? value
        case "error": error = error ?? value
        case "error_description": reason = reason ?? value
        default: break
        }
      }
    }
  }

  /// The parameters of the scheme `Bearer`, names in lower case.
  private static func parameters(_ text: String) -> [(String, String)] {
    var found: [(String, String)] = []
    var rest = text[...]
    var isBearer = false
    while true {
      rest = rest.drop { $0 == " " || $0 == "," || $0 == "\t" }
      let word = rest.prefix { $0 != " " && $0 != "," && $0 != "=" && $0 != "\t" }
      guard !word.isEmpty || rest.first == "=" else { return found }
      rest = rest.dropFirst(word.count)
      guard rest.first == "=" else {
        isBearer = word.lowercased() == "bearer"
        continue
      }
      let value = self.value(&rest)
      if isBearer { found.append((word.lowercased(), value)) }
    }
  }

  /// A token or a quoted string behind its `=`.
  private static func value(_ rest: inout Substring) -> String {
    rest = rest.dropFirst()
    guard rest.first == "\"" else {
      let token = rest.prefix { $0 != "," && $0 != " " }
      rest = rest.dropFirst(token.count)
      return String(token)
    }
    rest = rest.dropFirst()
    var value = ""
    while let character = rest.popFirst(), character != "\"" {
      if character == "\\", let next = rest.popFirst() { value.append(next) } else { value.append(character) }
    }
    return value
  }
}
