package import Protocol

/// Tells a person of the members of params that nobody reads, with what was meant.
package enum UnreadNotice {
  /// What a person is told of the members of a value of that type; `nil` when there is nothing to tell.
  ///
  /// Those that are nobody's mistake, by their paths, are passed over in silence.
  package static func words<Value: Decodable>(
    of unread: UnreadMembers, in type: Value.Type, isSilent: (String) -> Bool
  ) -> String? {
    let paths = unread.paths.filter { !isSilent($0) }
    guard !paths.isEmpty else { return nil }
    let shown = paths.prefix(ServerLimits.unreadNamedMax).map { path in
      let parts = path.split(separator: ".")
      let place = parts.dropLast().joined(separator: ".")
      let near = NearMiss.of(parts.last.map(String.init) ?? "", among: members(of: JSONSchema.of(type), at: place))
      let meant = near.map { " (did you mean '\($0)'?)" } ?? ""
      return "'\(OneLine.of(String(path.prefix(ServerLimits.unreadNameMax))))'\(meant)"
    }
    let more = paths.count > shown.count ? " and \(paths.count - shown.count) more" : ""
    return "nobody reads \(shown.joined(separator: ", "))\(more)"
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
