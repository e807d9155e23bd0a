package import Protocol

/// Tells a person of the members of params that nobody reads, with what was meant.
package enum UnreadNotice {
  /// What a person is told of the members of a value of that type; `nil` when there is nothing to tell.
  package static func words<Value: Decodable>(of unread: UnreadMembers, in type: Value.Type) -> String? {
    let paths = unread.paths
    guard !paths.isEmpty else { return nil }
    let shown = paths.map { path in
      let parts = path.split(separator: ".")
      let place = parts.dropLast().joined(separator: ".")
      let near = NearMiss.of(parts.last.map(String.init) ?? "", among: members(of: JSONSchema.of(type), at: place))
      let meant = near.map { " (did you mean '\($0)'?)" } ?? ""
      return "'\(OneLine.of(String(path.prefix(ServerLimits.unreadNameMax))))'\(meant)"
    }
    return "nobody reads \(shown.joined(separator: ", "))\(unread.hasMore ? " and more" : "")"
  }

  /// The names of an object's members, by a schema of what it lies in.
  private static func members(of schema: JSON, at place: String) -> [String] {
    var schema = schema
    for part in place.split(whereSeparator: { $0 == "." || $0 == "[" }) {
      schema = (part.hasSuffix("]") ? schema["items"] : schema["properties"]?[String(part)]) ?? [:]
    }
    return schema["properties"]?.object?.map(\.key) ?? []
  }
}
