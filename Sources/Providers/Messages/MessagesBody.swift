package import Protocol

/// The body of a Messages request, written straight to bytes.
package enum MessagesBody {
  /// The body: the members of the envelope first, which differ between services, then the request's own.
  ///
  /// No top-level member is ever null: Bedrock refuses that. Where only tokens are to be counted (`isCount`) nothing is said of
  /// the answer.
  package static func bytes(_ request: ModelRequest, envelope: [(String, JSON)], isCount: Bool = false) -> [UInt8] {
    var request = request
    // Whoever lowered the answer's length last, a budget of thinking must stay below it.
    _ = request.limit(to: request.maxTokens)
    if request.caching, ModelCatalog.traits(of: request.model).caching { CacheMarks.mark(&request) }
    var body = Members()
    for (name, value) in envelope { body.add(name, value) }
    if !isCount { body.add("max_tokens", .number(JSONNumber(request.maxTokens))) }
    if let thinking = request.thinking { body.add("thinking", thinking) }
    var output = JSONObject()
    output["effort"] = request.effort.map { .string($0.rawValue) }
    output["format"] = request.format?.json
    if !output.isEmpty, !isCount { body.add("output_config", .object(output)) }
    if let choice = request.toolChoice { body.add("tool_choice", choice) }
    if !request.tools.isEmpty { body.add("tools", .array(request.tools)) }
    if !request.system.isEmpty { body.add("system", .array(request.system)) }
    body.add("messages", .array(request.messages))
    return body.finish()
  }
}

/// An object being written.
private struct Members {
  private var writer = JSONWriter()
  private var names: Set<String> = []

  mutating func add(_ name: String, _ value: JSON) {
    guard !value.isNull, names.insert(name).inserted else { return }
    writer.raw(names.count == 1 ? "{" : ",")
    writer.write(name)
    writer.raw(":")
    writer.write(value)
  }

  mutating func finish() -> [UInt8] {
    writer.raw(names.isEmpty ? "{}" : "}")
    return writer.bytes
  }
}
