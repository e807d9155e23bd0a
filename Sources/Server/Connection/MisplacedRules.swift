internal import Protocol

/// Finds rules for permissions where nobody reads them.
///
/// A client that gives them with a session, or as another program takes them, believes that they hold.
enum MisplacedRules {
  private static let names: Set = [
    "rules", "permissionrules", "permissions", "deny", "ask", "allow", "denyrules", "askrules", "allowrules", "denied",
    "disallowedtools", "deniedtools", "allowedtools",
  ]

  /// The member of params, or of the options in them, that looks like rules; `nil` when there is none.
  static func member(of params: JSON?, _ method: String) -> String? {
    guard method != PermissionRules.method else { return nil }
    let places: [String?] = [method == Initialize.method ? "initializationOptions" : nil, "options"]
    for place in places {
      let object = place.map { params?[$0] } ?? params
      let found = object?.object?.first { member in
        names.contains(
          String(decoding: member.key.utf8.filter { !"_-".utf8.contains($0) }.map(Byte.lowercased), as: UTF8.self))
      }
      if let found { return OneLine.of([place, found.key].compactMap(\.self).joined(separator: ".")) }
    }
    return nil
  }
}
