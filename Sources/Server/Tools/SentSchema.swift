internal import Protocol

/// The schema of a tool's input in the form that models' services take, and the way back from what a model says.
///
/// The services want an object, no choice at its top, and names of few characters. What another program registers is JSON
/// Schema all the same: so it is sent in another form, and what a model says is held against the program's own.
///
/// Source: the Messages API's refusals of `input_schema`.
struct SentSchema {
  /// The schema to send.
  let json: JSON
  /// What the description must say beside it; `nil` when the schema says all.
  let remark: String?
  /// Which names are sent otherwise, as a sentence for a model that is told of its own ones; `nil` when none is.
  let namesRemark: String?
  /// The tool's own names, by those that are sent.
  private let ownNames: [String: String]

  /// The form of a schema, which ``JSONSchemaForm`` found to be one.
  init(_ own: JSON) {
    let root = own.object ?? JSONObject()
    let isChoice = Self.choices.contains { root[$0] != nil } || root["$ref"] != nil
    var flat = Flat(root)
    if isChoice {
      var steps = ToolLimits.choicesMax
      flat = Flat.of(own, in: own, depth: 0, &steps)
      // References lead to data as well, in which nothing need be a schema; what cannot be one may be anything.
      flat.properties = JSONObject(
        flat.properties.map { ($0.key, JSONSchemaForm.flaw(in: $0.value) == nil ? $0.value : [:]) })
    }
    let sentNames = Self.sentNames(flat.properties.map(\.key))
    ownNames = Dictionary(uniqueKeysWithValues: sentNames.map { ($0.value, $0.key) })

    var sent = root
    sent["type"] = "object"
    if isChoice || !sentNames.isEmpty {
      for keyword in Self.choices + ["$ref"] { sent[keyword] = nil }
      if !sentNames.isEmpty { for keyword in Self.ofNames { sent[keyword] = nil } }
      let properties = flat.properties.map { (sentNames[$0.key] ?? $0.key, $0.value) }
      if root["properties"] != nil || !properties.isEmpty { sent["properties"] = .object(JSONObject(properties)) }
      let required = flat.required.map { JSON.string(sentNames[$0] ?? $0) }
      sent["required"] = required.isEmpty ? nil : .array(required)
    }
    json = JSONSchemaForm.modern(Self.followable(.object(sent), own: own, sentNames))
    let renamed = flat.properties.compactMap { property in
      sentNames[property.key].map { "'\(property.key)' is called '\($0)'" }
    }
    namesRemark = renamed.isEmpty ? nil : "Here \(renamed.joined(separator: ", "))."
    let remarks = [Self.remark(onChoicesOf: root), namesRemark].compactMap(\.self)
    remark = remarks.isEmpty ? nil : remarks.joined(separator: "\n")
  }

  /// An input with the tool's own names.
  func own(_ input: JSON) -> JSON {
    guard !ownNames.isEmpty, let members = input.object else { return input }
    return .object(JSONObject(members.map { (ownNames[$0.key] ?? $0.key, $0.value) }))
  }

  private static let choices = ["anyOf", "oneOf", "allOf"]
  /// What speaks of names at the top beside `properties` and `required`.
  private static let ofNames = [
    "if", "then", "else", "not", "dependentSchemas", "dependentRequired", "dependencies", "patternProperties",
    "propertyNames",
  ]

  // MARK: Names

  /// For each name that is not taken as it is, one that is.
  private static func sentNames(_ names: [String]) -> [String: String] {
    var taken = Set(names.filter(isSound))
    var sent: [String: String] = [:]
    for name in names where !isSound(name) {
      let scalars = name.unicodeScalars.prefix(ToolLimits.propertyNameMax).map { scalar in
        scalar.isASCII && isNameByte(UInt8(scalar.value)) ? UInt8(scalar.value) : UInt8(ascii: "_")
      }
      let base = scalars.isEmpty ? "unnamed" : String(decoding: scalars, as: UTF8.self)
      var new = base
      var number = 2
      while !taken.insert(new).inserted {
        let ending = "_\(number)"
        new = base.prefix(ToolLimits.propertyNameMax - ending.utf8.count) + ending
        number += 1
      }
      sent[name] = new
    }
    return sent
  }

  private static func isSound(_ name: String) -> Bool {
    (1...ToolLimits.propertyNameMax).contains(name.utf8.count) && name.utf8.allSatisfy(isNameByte)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool { Byte.isName(byte) || byte == UInt8(ascii: ".") }

  // MARK: References and choices

  /// The schema with references that lead to what is there: to a property by the name that is sent, and none to what is not.
  private static func followable(_ sent: JSON, own: JSON, _ sentNames: [String: String]) -> JSON {
    let begun = sentNames.map { (own: "#/properties/\(escaped($0.key))", sent: "#/properties/\(escaped($0.value))") }
    return JSONSchemaForm.mapped(sent) { schema in
      guard var reference = schema["$ref"]?.string, reference.hasPrefix("#") else { return }
      if let name = begun.first(where: { reference == $0.own || reference.hasPrefix($0.own + "/") }) {
        reference = name.sent + reference.dropFirst(name.own.count)
        schema["$ref"] = .string(reference)
      }
      let isLost = JSONSchemaValidator.resolve(reference, in: sent) == nil
      if isLost, JSONSchemaValidator.resolve(reference, in: own) != nil { schema["$ref"] = nil }
    }
  }

  /// A name as a JSON pointer has it.
  private static func escaped(_ name: String) -> String {
    name.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
      .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
  }

  /// What of the choices at the top the one object that is sent does not say.
  private static func remark(onChoicesOf root: JSONObject) -> String? {
    let words = [("oneOf", "exactly one"), ("anyOf", "at least one")].compactMap { keyword, count -> String? in
      guard let variants = root[keyword]?.array, variants.count > 1 else { return nil }
      let list = variants.enumerated().map { "\($0 + 1). \($1.text)" }.joined(separator: "\n")
      return "The input must also follow \(count) of these JSON Schemas:\n" + list
    }
    guard !words.isEmpty else { return nil }
    return ResultBounds.cut(words.joined(separator: "\n"), to: ToolLimits.variantsTextMax)
  }
}

/// What a schema and all that its top is made of say of the members of an object.
private struct Flat {
  var properties: JSONObject
  var required: [String]

  /// What a schema says itself.
  init(_ schema: JSONObject) {
    properties = schema["properties"]?.object ?? JSONObject()
    required = (schema["required"]?.array ?? []).compactMap(\.string)
  }

  /// What a schema says, its choices and what it refers to in `root` included.
  ///
  /// `steps` is how many schemas may still be looked at: references may lead round and round.
  static func of(_ schema: JSON, in root: JSON, depth: Int, _ steps: inout Int) -> Flat {
    guard let object = schema.object, depth < ToolLimits.choicesDepthMax, steps > 0 else { return Flat(JSONObject()) }
    steps -= 1
    var flat = Flat(object)
    if let target = object["$ref"]?.string.flatMap({ JSONSchemaValidator.resolve($0, in: root) }) {
      flat.join(of(target, in: root, depth: depth + 1, &steps))
    }
    for part in object["allOf"]?.array ?? [] { flat.join(of(part, in: root, depth: depth + 1, &steps)) }
    for keyword in ["anyOf", "oneOf"] {
      let variants = (object[keyword]?.array ?? []).map { of($0, in: root, depth: depth + 1, &steps) }
      if let union = union(of: variants) { flat.join(union) }
    }
    return flat
  }

  /// What all of these allow; `nil` for none.
  private static func union(of variants: [Flat]) -> Flat? {
    guard var union = variants.first else { return nil }
    var schemas: [String: [JSON]] = [:]
    for variant in variants {
      for (name, schema) in variant.properties where schemas[name]?.contains(schema) != true {
        schemas[name, default: []].append(schema)
        if union.properties[name] == nil { union.properties[name] = schema }
      }
      union.required.removeAll { !variant.required.contains($0) }
    }
    for (name, all) in schemas where all.count > 1 { union.properties[name] = ["anyOf": .array(all)] }
    return union
  }

  /// Takes in what holds as well.
  private mutating func join(_ other: Flat) {
    for (name, schema) in other.properties {
      guard let known = properties[name] else {
        properties[name] = schema
        continue
      }
      if known != schema { properties[name] = ["allOf": [known, schema]] }
    }
    required += other.required.filter { !required.contains($0) }
  }
}
