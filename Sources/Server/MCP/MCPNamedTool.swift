internal import Protocol
internal import Providers

/// A tool of an MCP server's as models know it.
struct MCPNamedTool: Hashable, Sendable {
  /// What a call of it is.
  enum Kind: Hashable, Sendable {
    case tool
    /// Lists what the server lets others read.
    case resources
    /// Reads something of it.
    case resource
  }

  /// What a call of it is.
  let kind: Kind
  /// The server, as it was named.
  let server: String
  /// The tool as the server describes it.
  let tool: MCPTool
  /// What models are told of it.
  let definition: ToolDefinition
  /// The same as every request has it: made once, as many are held against one another.
  let form: JSON
  /// Whether it is told from the beginning, however many there are.
  let alwaysLoads: Bool

  /// What models call it.
  var name: String { definition.name }

  /// A tool by that name.
  ///
  /// - Throws: ``MCPTool/Misfit`` when no service would take its schema.
  init(_ tool: MCPTool, name: String, server: MCPServerSettings, kind: Kind = .tool) throws(MCPTool.Misfit) {
    self.kind = kind
    self.server = server.name
    self.tool = tool
    definition = ToolDefinition(
      name: name, description: tool.description ?? tool.title ?? "", inputSchema: try Self.schema(of: tool),
      isServers: false)
    form = definition.apiForm.sortedByName
    alwaysLoads = server.alwaysLoad || tool.meta["anthropic/alwaysLoad"]?.bool == true
  }

  /// What the server says of the effects, as the end of "which says that …".
  var claim: String? {
    let claims = tool.claims
    if claims.isReadOnly == true { return "it only reads" }
    var words: [String] = []
    if claims.isDestructive == true { words.append("it may destroy something") }
    if claims.isDestructive == false { words.append("it only adds") }
    if claims.isOpenWorld == true { words.append("it reaches out of its own system") }
    if claims.isIdempotent == true { words.append("doing it twice is like doing it once") }
    return words.isEmpty ? nil : words.joined(separator: " and ")
  }

  /// What it does, in one line for people.
  var title: String { "\(server): \(tool.title ?? tool.name)" }

  /// The tools by which a server's resources are read.
  static let ofResources: [(kind: Kind, tool: MCPTool)] = {
    let forms: [(Kind, JSON)] = [
      (
        .resources,
        [
          "name": "list_resources", "title": "List resources",
          "description": "Lists the resources that this server lets others read, with their URIs.",
          "inputSchema": ["type": "object", "properties": [:]], "annotations": ["readOnlyHint": true],
        ]
      ),
      (
        .resource,
        [
          "name": "read_resource", "title": "Read a resource",
          "description": "Reads a resource of this server by its URI, as list_resources or a result gives it.",
          "inputSchema": [
            "type": "object", "properties": ["uri": ["type": "string", "minLength": 1]], "required": ["uri"],
          ],
          "annotations": ["readOnlyHint": true],
        ]
      ),
    ]
    return forms.compactMap { kind, json in (try? MCPTool(json)).map { (kind, $0) } }
  }()

  /// The schema as services take it: the server's, less what is for other readers.
  private static func schema(of tool: MCPTool) throws(MCPTool.Misfit) -> JSON {
    var object = tool.inputSchema
    object["$schema"] = nil
    let schema = JSONSchemaForm.mapped(.object(object)) { $0["x-mcp-header"] = nil }
    func misfit(_ why: String) -> MCPTool.Misfit {
      MCPTool.Misfit(reason: "the tool '\(MCPLimits.shown(tool.name))', whose \(why)")
    }
    guard schema.text.utf8.count <= MCPClientLimits.schemaBytesMax else {
      throw misfit("inputSchema has more than \(MCPClientLimits.schemaBytesMax) bytes")
    }
    guard depth(of: schema) <= MCPClientLimits.schemaDepthMax else { throw misfit("inputSchema is too deep") }
    if let flaw = JSONSchemaForm.flaw(in: schema) {
      throw misfit("inputSchema is none: \(VisibleText.line(flaw, most: MCPLimits.quotedMax))")
    }
    var isForeign = false
    _ = JSONSchemaForm.mapped(schema) { part in
      if let reference = part["$ref"]?.string, !reference.hasPrefix("#") { isForeign = true }
    }
    guard !isForeign else { throw misfit("inputSchema refers to what is not in it") }
    return schema
  }

  private static func depth(of json: JSON) -> Int {
    var (level, depth) = ([json], 0)
    while !level.isEmpty, depth <= MCPClientLimits.schemaDepthMax {
      depth += 1
      level = level.flatMap { $0.array ?? $0.object?.map(\.value) ?? [] }
    }
    return depth
  }
}

extension MCPTool {
  /// The tool without what nobody would read: a manual in the place of a description, or a schema of any size.
  var bounded: MCPTool {
    func cut(_ words: String?) -> String? {
      guard let words, words.utf8.count > MCPClientLimits.descriptionMax else { return words }
      return UTF8Cut.beginning(of: words, bytesMax: MCPClientLimits.descriptionMax) + "…"
    }
    var tool = self
    (tool.description, tool.title) = (cut(description), cut(title))
    if let schema = outputSchema, schema.text.utf8.count > MCPClientLimits.schemaBytesMax { tool.outputSchema = nil }
    if JSON.object(meta).text.utf8.count > MCPClientLimits.descriptionMax { tool.meta = JSONObject() }
    return tool
  }
}
