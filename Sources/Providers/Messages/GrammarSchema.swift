package import Protocol

/// A JSON Schema in the form that services make a grammar of, by which a model cannot write anything else.
///
/// They take a part of JSON Schema only, and refuse the whole request for the rest. What only limits values is left out
/// here, and told the model in the description: whoever asked for it checks it. What would let the grammar write something
/// that the schema forbids, or not write what it allows, has no such form.
///
/// Source: Anthropic's page on structured outputs, and what their SDKs make of schemas.
package struct GrammarSchema: Sendable, Hashable {
  /// Why a schema has no such form, as words that begin with the way to where.
  package struct Flaw: Error, Hashable {
    /// For a person.
    package let reason: String
  }

  /// The schema to send.
  package let json: JSON
  /// How many members need not be there.
  package private(set) var optional = 0
  /// How many members may be of several types.
  package private(set) var unions = 0
  /// The keywords that are kept although they are more than a shape.
  package private(set) var kept: Set<String> = []

  /// The form of a schema of an object.
  package init(_ schema: JSON) throws(Flaw) {
    guard schema["type"] == "object" else { throw Flaw(reason: "it is not of the type 'object' alone") }
    var writer = Writer(root: schema)
    json = try writer.form(schema, "", depth: 0)
    (optional, unions, kept) = (writer.optional, writer.unions, writer.kept)
    try Self.check(optional, unions)
  }

  /// Refuses what is more than a service compiles, of all schemas of a request together.
  package static func check(_ optional: Int, _ unions: Int) throws(Flaw) {
    guard optional <= ProviderLimits.grammarOptionalMax else {
      throw Flaw(reason: "\(optional) members may be left out; a grammar takes \(ProviderLimits.grammarOptionalMax)")
    }
    guard unions <= ProviderLimits.grammarUnionsMax else {
      throw Flaw(
        reason: "\(unions) members may be of several types; a grammar takes \(ProviderLimits.grammarUnionsMax)")
    }
  }
}

/// Writes the form, and counts what it meets.
private struct Writer {
  let root: JSON
  var optional = 0
  var unions = 0
  var kept: Set<String> = []
  /// The references on the way here: one that leads to itself has no end.
  var open: [String] = []

  private typealias Flaw = GrammarSchema.Flaw

  init(root: JSON) { self.root = root }

  mutating func form(_ schema: JSON, _ path: String, depth: Int) throws(GrammarSchema.Flaw) -> JSON {
    guard let object = schema.object else { throw flaw(path, "anything is allowed, or nothing") }
    guard depth < JSONLimits.schemaDepthMax else { throw flaw(path, "it is nested too deeply") }
    for key in Self.shapes where object[key] != nil { throw flaw(path, "'\(key)' has no such form") }
    if let reference = object["$ref"]?.string { return try target(reference, object, path, depth) }
    var form = JSONObject()
    for key in ["title", "default"] { form[key] = object[key] }
    var left: [String] = []
    for (key, value) in object where Self.limits.contains(key) {
      if keeps(key, value) {
        form[key] = value
        if key != "minItems" { kept.insert(key) }
      } else if key != "uniqueItems" || value == true {
        left.append("\(key) \(value.string ?? value.text)")
      }
    }
    let words = [object["description"]?.string, left.isEmpty ? nil : "(\(left.joined(separator: ", ")))"]
    let described = words.compactMap(\.self).joined(separator: " ")
    if !described.isEmpty { form["description"] = .string(described) }
    if let choices = object["enum"] ?? object["const"].map({ [$0] }) {
      guard choices.array?.allSatisfy({ $0.object == nil && $0.array == nil }) == true else {
        throw flaw(path, "a choice is an object or a list")
      }
      form["enum"] = object["enum"]
      form["const"] = object["const"]
      form["type"] = object["type"]
      return .object(form)
    }
    if let choices = object["anyOf"]?.array ?? object["oneOf"]?.array {
      guard object["properties"] == nil else { throw flaw(path, "a choice stands beside members") }
      unions += 1
      form["anyOf"] = .array(try forms(choices, "\(path).anyOf", depth))
      return .object(form)
    }
    if let all = object["allOf"]?.array {
      guard all.count == 1, object["properties"] == nil, all[0]["$ref"] == nil else {
        throw flaw(path, "'allOf' of several schemas, or of a reference, has no such form")
      }
      return try self.form(all[0], path, depth: depth + 1)
    }
    return try typed(object, form, path, depth)
  }

  private mutating func typed(_ object: JSONObject, _ form: JSONObject, _ path: String, _ depth: Int)
    throws(GrammarSchema.Flaw) -> JSON
  {
    var form = form
    let types = JSONSchemaValidator.types(of: object)
    guard !types.isEmpty else { throw flaw(path, "no 'type' is said") }
    if types.count > 1 { unions += 1 }
    form["type"] = object["type"]
    if types.contains("object") {
      let members = object["properties"]?.object ?? JSONObject()
      if let others = object["additionalProperties"], others.object?.isEmpty == false {
        throw flaw(path, "other members have a schema")
      }
      guard !members.isEmpty || object["additionalProperties"] == false else {
        throw flaw(path, "it is an object of any members")
      }
      let required = Set((object["required"]?.array ?? []).compactMap(\.string))
      guard required.isSubset(of: members.map(\.key)) else {
        throw flaw(path, "a member must be there that is not described")
      }
      optional += members.count { !required.contains($0.key) }
      var forms = JSONObject()
      for member in members {
        forms[member.key] = try self.form(member.value, "\(path).\(member.key)", depth: depth + 1)
      }
      form["properties"] = .object(forms)
      form["required"] = object["required"]
      form["additionalProperties"] = false
    }
    if types.contains("array") {
      guard let items = object["items"] else { throw flaw(path, "it is a list of anything") }
      form["items"] = try self.form(items, "\(path)[]", depth: depth + 1)
    }
    return .object(form)
  }

  private mutating func forms(_ schemas: [JSON], _ path: String, _ depth: Int) throws(GrammarSchema.Flaw) -> [JSON] {
    var forms: [JSON] = []
    for schema in schemas { forms.append(try form(schema, path, depth: depth + 1)) }
    return forms
  }

  /// What a reference leads to, in its place: so nothing depends on where a service looks for it.
  private mutating func target(_ reference: String, _ object: JSONObject, _ path: String, _ depth: Int)
    throws(GrammarSchema.Flaw) -> JSON
  {
    guard !open.contains(reference), reference != "#" else { throw flaw(path, "it holds itself") }
    guard let target = JSONSchemaValidator.resolve(reference, in: root) else {
      throw flaw(path, "'\(reference)' is not in the schema")
    }
    open.append(reference)
    defer { open.removeLast() }
    guard case .object(var form) = try form(target, path, depth: depth + 1) else { return target }
    if let description = object["description"] { form["description"] = description }
    return .object(form)
  }

  private func flaw(_ path: String, _ reason: String) -> Flaw {
    Flaw(reason: path.isEmpty ? reason : "'\(path.drop { $0 == "." })': \(reason)")
  }

  /// Whether a service takes a limit as it is.
  private func keeps(_ key: String, _ value: JSON) -> Bool {
    switch key {
    case "minItems": value == 0 || value == 1
    case "format": Self.formats.contains(value.string ?? "")
    case "pattern": value.string.map(Self.isPlain) ?? false
    default: false
    }
  }

  /// Whether an expression is without what no grammar has: looking around or back, and ends of words.
  private static func isPlain(_ pattern: String) -> Bool {
    let odd = ["(?", "\\b", "\\B", "{"] + (1...9).map { "\\\($0)" }
    return pattern.utf8.allSatisfy { $0 < 0x80 } && !odd.contains(where: pattern.contains)
  }

  /// Keywords that change the shape, and that no grammar has.
  private static let shapes = [
    "patternProperties", "prefixItems", "additionalItems", "dependentSchemas", "$dynamicRef", "$recursiveRef",
  ]
  /// Keywords that only limit what fits the shape.
  private static let limits: Set = [
    "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "multipleOf", "minItems", "maxItems", "uniqueItems", "contains", "minContains", "maxContains", "minProperties",
    "maxProperties", "propertyNames", "dependentRequired", "not", "if", "then", "else",
  ]
  private static let formats: Set = [
    "date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid",
  ]
}
