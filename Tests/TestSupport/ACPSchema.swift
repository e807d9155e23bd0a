package import Protocol

/// The Agent Client Protocol's own schema, taken strictly: what it does not name may not be sent.
///
/// The schema allows members that it does not know, as all of the protocol's types do. Here each object with properties is
/// closed, but for what carries other people's values, after the parts it is made of (`allOf`, and each of `anyOf` and
/// `oneOf` in turn) are put into one.
package struct ACPSchema: Sendable {
  /// Which side sends a message.
  package enum Side: String, Sendable {
    case client, agent
  }

  /// What stands beside the stable schema, where a client of today asks for it; natives stand behind an underscore.
  package static let beside: Set = ["session/fork", "session/set_model", "auth/status"]

  private let root: JSON
  /// The names of definitions by `method side kind`, as `session/new agent Request`; the side is the one that handles it.
  private let names: [String: String]
  /// The strict schemas of updates by their kind.
  private let updates: [String: JSON]

  /// The vendored schema, and the newer updates.
  package static let vendored: ACPSchema? = try? ACPSchema(
    try JSON.parse(Repository.text("Tests/ACP/schema-v1.json")),
    newer: try JSON.parse(Repository.text("Tests/ACP/newer-v1.json"))
  )

  init(_ schema: JSON, newer: JSON) throws {
    var definitions = schema["$defs"]?.object ?? JSONObject()
    for (name, definition) in newer["$defs"]?.object ?? JSONObject() {
      // What is known already has only got more members.
      var known = definitions[name]?.object ?? definition.object ?? JSONObject()
      var properties = known["properties"]?.object ?? JSONObject()
      for (member, schema) in definition["properties"]?.object ?? JSONObject() { properties[member] = schema }
      known["properties"] = .object(properties)
      definitions[name] = .object(known)
    }
    var names: [String: String] = [:]
    for (name, definition) in definitions {
      guard let method = definition["x-method"]?.string, let side = definition["x-side"]?.string else { continue }
      let kind = ["Request", "Response", "Notification"].first { name.hasSuffix($0) } ?? ""
      names["\(method) \(side) \(kind)"] = name
    }
    let closing = Closing(definitions: definitions)
    var updates: [String: JSON] = [:]
    for variant in definitions["SessionUpdate"]?["oneOf"]?.array ?? [] {
      guard let kind = variant["properties"]?["sessionUpdate"]?["const"]?.string else { continue }
      updates[kind] = closing.closed(variant)
    }
    for (kind, update) in newer["sessionUpdates"]?.object ?? JSONObject() {
      let tag: JSON = ["type": "object", "properties": ["sessionUpdate": ["const": .string(kind)]], "allOf": [update]]
      updates[kind] = closing.closed(tag)
    }
    self.names = names
    self.updates = updates
    root = ["$defs": .object(JSONObject(definitions.map { ($0.key, closing.closed($0.value)) }))]
  }

  /// What is wrong with a request or notification; `side` sends it.
  package func flaws(method: String, params: JSON?, from side: Side, isRequest: Bool) -> [String] {
    guard !Self.beside.contains(method), !method.hasPrefix("_") else { return [] }
    let other: Side = side == .client ? .agent : .client
    let kind = isRequest ? "Request" : "Notification"
    guard let name = names["\(method) \(other.rawValue) \(kind)"] ?? names["\(method) protocol \(kind)"] else {
      return ["'\(method)' is no \(kind.lowercased()) that the \(other.rawValue) handles"]
    }
    let params = params ?? [:]
    if method == "session/update", let update = params["update"] {
      let flaws = flaws(ofUpdate: update) + sealed(params, to: ["sessionId", "update", "_meta"])
      return flaws + (params["sessionId"]?.string == nil ? ["there is no sessionId"] : [])
    }
    return violations(of: params, name)
  }

  /// What is wrong with the result of a request; `side` answers.
  package func flaws(result: JSON, of method: String, from side: Side) -> [String] {
    guard !Self.beside.contains(method), !method.hasPrefix("_") else { return [] }
    guard let name = names["\(method) \(side.rawValue) Response"] else { return ["'\(method)' has no answer"] }
    return violations(of: result, name)
  }

  /// What is wrong with an error.
  package func flaws(error: JSON) -> [String] { violations(of: error, "Error") }

  private func flaws(ofUpdate update: JSON) -> [String] {
    guard let kind = update["sessionUpdate"]?.string, let schema = updates[kind] else {
      return ["an update of no known kind: \(update.text)"]
    }
    let flaws = JSONSchemaValidator.violations(of: update, against: rooted(schema))
    return flaws.map { "\(kind): \($0)" }
  }

  private func sealed(_ value: JSON, to names: Set<String>) -> [String] {
    (value.object ?? JSONObject()).map(\.key).filter { !names.contains($0) }.map { "'\($0)' is not allowed" }
  }

  private func violations(of value: JSON, _ name: String) -> [String] {
    JSONSchemaValidator.violations(of: value, against: rooted(["$ref": .string("#/$defs/\(name)")]))
      .map { "\(name): \($0)" }
  }

  /// A schema in whose document all definitions are.
  private func rooted(_ schema: JSON) -> JSON {
    var object = schema.object ?? JSONObject()
    object["$defs"] = root["$defs"]
    return .object(object)
  }
}

/// Makes of a schema one whose objects have no members but those that are named.
private struct Closing {
  let definitions: JSONObject
  /// What holds values of others.
  private static let open: Set = ["rawInput", "rawOutput", "_meta", "requestedSchema"]

  init(definitions: JSONObject) { self.definitions = definitions }

  func closed(_ schema: JSON) -> JSON {
    guard let object = schema.object else { return schema }
    guard hasMembers(schema) else {
      var closed = object
      for union in ["anyOf", "oneOf", "allOf"] {
        guard let parts = object[union]?.array else { continue }
        closed[union] = .array(parts.map(self.closed))
      }
      if let items = object["items"] { closed["items"] = self.closed(items) }
      return .object(closed)
    }
    if object["unevaluatedProperties"] == true { return schema }
    let variants = variants(of: schema).map { variant -> JSON in
      var variant = variant
      let properties = variant["properties"]?.object ?? JSONObject()
      variant["properties"] = .object(
        JSONObject(properties.map { ($0.key, Self.open.contains($0.key) ? [:] : self.closed($0.value)) }))
      if variant["additionalProperties"] == nil { variant["additionalProperties"] = false }
      return .object(variant)
    }
    return variants.count == 1 ? variants[0] : ["anyOf": .array(variants)]
  }

  /// Whether a schema itself, or a part that it is put together with, names members.
  private func hasMembers(_ schema: JSON) -> Bool {
    if schema["properties"] != nil { return true }
    guard schema["type"] == "object" || schema["allOf"] != nil else { return false }
    return (schema["allOf"]?.array ?? []).contains { hasMembers(resolved($0)) }
  }

  private func resolved(_ schema: JSON) -> JSON {
    guard let name = schema["$ref"]?.string?.split(separator: "/").last else { return schema }
    return definitions[String(name)] ?? schema
  }

  /// The objects that a schema may be, each with all the members of its parts.
  private func variants(of schema: JSON) -> [JSONObject] {
    let schema = resolved(schema)
    var own: JSONObject = ["type": "object"]
    for keyword in ["properties", "required", "additionalProperties"] { own[keyword] = schema[keyword] }
    var found = [own]
    for part in schema["allOf"]?.array ?? [] { found = product(found, variants(of: part)) }
    for union in ["anyOf", "oneOf"] {
      guard let parts = schema[union]?.array else { continue }
      found = product(found, parts.flatMap { $0["unevaluatedProperties"] == true ? [] : variants(of: $0) })
    }
    return found
  }

  private func product(_ ones: [JSONObject], _ others: [JSONObject]) -> [JSONObject] {
    ones.flatMap { one in
      others.map { other in
        var both = one
        var properties = one["properties"]?.object ?? JSONObject()
        for (name, schema) in other["properties"]?.object ?? JSONObject() { properties[name] = schema }
        both["properties"] = .object(properties)
        both["required"] = .array((one["required"]?.array ?? []) + (other["required"]?.array ?? []))
        both["additionalProperties"] = one["additionalProperties"] ?? other["additionalProperties"]
        return both
      }
    }
  }
}
