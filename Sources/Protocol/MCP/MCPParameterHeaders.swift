/// Arguments of a tool that are said in headers, too, for whoever passes a call on and does not read it (`x-mcp-header` of
/// 2026-07-28).
package struct MCPParameterHeaders: Hashable, Sendable {
  /// An argument, and the header that it stands in.
  private struct Binding: Hashable, Sendable {
    var path: [String]
    var header: String
  }

  private var bindings: [Binding] = []

  /// Reads what a tool's `inputSchema` says of its arguments.
  ///
  /// - Throws: A ``MCPTool/Misfit`` where it breaks the rules: an annotation that is no name of a header, stands twice, is on
  ///   something that is no text, whole number or truth value, or where no argument always stands.
  package init(_ tool: MCPTool) throws(MCPTool.Misfit) {
    do throws(Fault) {
      try add(tool.inputSchema, at: [], depth: 0)
      var seen: Set<String> = []
      for binding in bindings where !seen.insert(binding.header.lowercased()).inserted {
        throw Fault(reason: "two arguments for the header '\(Self.shown(binding.header))'")
      }
    } catch {
      throw MCPTool.Misfit(reason: "the tool '\(Self.shown(tool.name))', as its x-mcp-header is wrong: \(error.reason)")
    }
  }

  private struct Fault: Error {
    var reason: String
  }

  private static let name = "x-mcp-header"

  private static func shown(_ text: String) -> String { VisibleText.line(text, most: 80) }

  private mutating func add(_ schema: JSONObject, at path: [String], depth: Int) throws(Fault) {
    guard depth < JSONLimits.schemaDepthMax else { return }
    for (key, value) in schema {
      switch (key, value) {
      case ("properties", .object(let properties)):
        for (name, property) in properties {
          guard let property = property.object else { continue }
          if let header = property[Self.name] { try bind(header, property, path + [name]) }
          try add(property, at: path + [name], depth: depth + 1)
        }
      case (Self.name, _) where path.isEmpty: throw Fault(reason: "it is on no argument")
      case (Self.name, _), ("default", _), ("const", _), ("enum", _), ("examples", _): break
      default: try refuse(value, under: key, depth: depth + 1)
      }
    }
  }

  private mutating func bind(_ header: JSON, _ property: JSONObject, _ path: [String]) throws(Fault) {
    guard let header = header.string, !header.isEmpty, header.utf8.allSatisfy(Byte.isToken) else {
      throw Fault(reason: "'\(Self.shown(header.string ?? header.kindName))' is no name of a header")
    }
    guard let type = property["type"]?.string, ["string", "integer", "boolean"].contains(type) else {
      throw Fault(reason: "'\(Self.shown(header))' is on something that is no text, whole number or truth value")
    }
    bindings.append(Binding(path: path, header: header))
  }

  /// Nothing that stands under a keyword which is not `properties` may be annotated.
  private func refuse(_ value: JSON, under key: String, depth: Int) throws(Fault) {
    guard depth < JSONLimits.schemaDepthMax else { return }
    switch value {
    case .object(let members):
      for (name, member) in members {
        if name == Self.name { throw Fault(reason: "it stands under '\(Self.shown(key))'") }
        try refuse(member, under: key, depth: depth + 1)
      }
    case .array(let elements): for element in elements { try refuse(element, under: key, depth: depth + 1) }
    default: break
    }
  }

  /// The headers of a call with these arguments; those that are not there or `null` have none.
  package func headers(of arguments: JSONObject) -> [(name: String, value: String)] {
    bindings.compactMap { binding in
      let value = binding.path.reduce(JSON.object(arguments) as JSON?) { $0?[$1] }
      let text: String? =
        switch value {
        case .string(let text): text
        case .bool(let truth): truth ? "true" : "false"
        case .number(let number): number.int.map(String.init) ?? number.literal
        default: nil
        }
      return text.map { ("Mcp-Param-" + binding.header, $0) }
    }
  }
}
