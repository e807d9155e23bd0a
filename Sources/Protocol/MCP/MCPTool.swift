/// A tool as an MCP server describes it.
package struct MCPTool: Hashable, Sendable {
  /// What the server says of its effects: a claim, for the person to see.
  package struct Claims: Hashable, Sendable {
    /// Whether it changes nothing.
    package var isReadOnly: Bool?
    /// Whether what it changes may be lost.
    package var isDestructive: Bool?
    /// Whether doing it twice is like doing it once.
    package var isIdempotent: Bool?
    /// Whether it reaches beyond what the server keeps.
    package var isOpenWorld: Bool?
  }

  /// Why a tool of a listing is left out.
  package struct Misfit: Error, Hashable, Sendable {
    /// The tool, as far as it has a name, and what is wrong, for a person.
    package var reason: String

    /// A tool that is left out for that reason.
    package init(reason: String) { self.reason = reason }
  }

  /// The name that it is called by.
  package var name: String
  /// What people call it.
  package var title: String?
  /// What it does, for models.
  package var description: String?
  /// What it takes: a JSON Schema, as the server wrote it.
  package var inputSchema: JSONObject
  /// What its `structuredContent` is: a JSON Schema.
  package var outputSchema: JSON?
  /// What the server says of its effects.
  package var claims: Claims
  /// What else the server tells.
  package var meta: JSONObject

  /// Reads one element of `tools/list`.
  ///
  /// - Throws: A ``Misfit`` when it cannot be called: without a name, or without a schema that is an object.
  package init(_ json: JSON) throws(Misfit) {
    guard let members = json.object else { throw Misfit(reason: "a tool that is \(json.kindName)") }
    guard let name = members.text("name"), !name.isEmpty else { throw Misfit(reason: "a tool without a name") }
    guard let schema = members["inputSchema"]?.object else {
      throw Misfit(reason: "the tool '\(VisibleText.line(name, most: 80))', whose inputSchema is no object")
    }
    let annotations = members["annotations"]?.object ?? JSONObject()
    self.name = name
    title = members.text("title") ?? annotations.text("title")
    description = members.text("description")
    inputSchema = schema
    outputSchema = members["outputSchema"].flatMap { $0.isNull ? nil : $0 }
    claims = Claims(
      isReadOnly: annotations["readOnlyHint"]?.bool, isDestructive: annotations["destructiveHint"]?.bool,
      isIdempotent: annotations["idempotentHint"]?.bool, isOpenWorld: annotations["openWorldHint"]?.bool)
    meta = members["_meta"]?.object ?? JSONObject()
  }
}
