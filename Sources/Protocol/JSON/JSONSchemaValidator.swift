/// Says how a value breaks a schema.
package enum JSONSchemaValidator {
  /// How a value breaks a schema (draft 2020-12), each a sentence with the way to where; empty when it does not.
  ///
  /// Known are types, `enum`, `const`, objects, arrays, bounds, `anyOf`, `oneOf`, `allOf`, `not` and `$ref` within the
  /// document; other keywords are ignored, as the specification says of unknown ones.
  package static func violations(of value: JSON, against schema: JSON) -> [String] {
    violations(of: value, against: schema, in: Walk(root: schema, value: value))
  }

  /// The same for a part of a schema's document, as a step of a walk through it.
  static func violations(of value: JSON, against schema: JSON, in walk: Walk) -> [String] {
    check(value, schema, at: "", walk, depth: 0)
  }

  /// A walk through a schema's document, which ends however often that leads back to itself.
  final class Walk {
    let root: JSON
    private var stepsLeft: Int

    init(root: JSON, value: JSON) {
      self.root = root
      stepsLeft = JSONLimits.schemaStepsMax + value.memoryBytes
    }

    /// Whether another step may be taken.
    func goesOn() -> Bool {
      stepsLeft -= 1
      return stepsLeft >= 0
    }
  }

  /// The keywords of a schema that limit its values, and that nothing here is held against, in the order of their names.
  package static func unchecked(in schema: JSON) -> [String] {
    var found: Set<String> = []
    _ = JSONSchemaForm.mapped(schema) { schema in
      found.formUnion(schema.map(\.key).filter(unknown.contains))
      if let reference = schema["$ref"]?.string, !reference.hasPrefix("#") { found.insert("$ref \(reference)") }
    }
    return found.sorted()
  }

  private static let unknown: Set = [
    "pattern", "format", "multipleOf", "patternProperties", "propertyNames", "contains", "minContains", "maxContains",
    "if", "then", "else", "dependentRequired", "dependentSchemas", "dependencies", "unevaluatedProperties",
    "unevaluatedItems", "additionalItems", "contentEncoding", "contentMediaType", "contentSchema", "$dynamicRef",
    "$recursiveRef",
  ]

  private static func check(_ value: JSON, _ schema: JSON, at path: String, _ walk: Walk, depth: Int) -> [String] {
    if schema == false { return ["\(named(path)) is not allowed, and was \(given(value))"] }
    guard let schema = schema.object, depth < JSONLimits.schemaDepthMax, walk.goesOn() else { return [] }
    let sub = { (value: JSON, schema: JSON, path: String) in check(value, schema, at: path, walk, depth: depth + 1) }
    var found: [String] = []
    if let reference = schema["$ref"]?.string, let target = resolve(reference, in: walk.root) {
      found += sub(value, target, path)
    }
    found += checkKind(value, schema, path)
    switch value {
    case .object(let object): found += checkMembers(object, schema, path, sub)
    case .array(let elements): found += checkElements(elements, schema, path, sub)
    case .number(let number): found += checkBounds(number, schema, path)
    case .string(let text): found += checkLength(text.unicodeScalars.count, schema, "Length", "characters", path)
    case .null, .bool: break
    }
    return found + checkCombinations(value, schema, path, sub)
  }

  private static func checkKind(_ value: JSON, _ schema: JSONObject, _ path: String) -> [String] {
    var found: [String] = []
    let types = types(of: schema)
    if !types.isEmpty, !types.contains(where: { value.is($0) }) {
      found.append("\(named(path)) must be of type \(types.joined(separator: " or ")), and is \(given(value))")
    }
    if let choices = schema["enum"]?.array, !choices.contains(where: { $0.equals(value) }) {
      found.append("\(named(path)) must be one of \(JSON.array(choices).text), and is \(given(value))")
    }
    if let only = schema["const"], !only.equals(value) {
      found.append("\(named(path)) must be \(only.text), and is \(given(value))")
    }
    return found
  }

  /// The types that a schema allows by `type`; none when it says nothing of them.
  package static func types(of schema: JSONObject) -> [String] {
    (schema["type"]?.array ?? schema["type"].map { [$0] } ?? []).compactMap(\.string)
  }

  private typealias Sub = (JSON, JSON, String) -> [String]

  private static func checkMembers(_ object: JSONObject, _ schema: JSONObject, _ path: String, _ sub: Sub) -> [String] {
    var found: [String] = []
    for name in (schema["required"]?.array ?? []).compactMap(\.string) where object[name] == nil {
      found.append("\(named(path)) lacks '\(name)'")
    }
    let properties = schema["properties"]?.object ?? JSONObject()
    for member in object {
      let memberPath = path.isEmpty ? member.key : "\(path).\(member.key)"
      if let known = properties[member.key] {
        found += sub(member.value, known, memberPath)
      } else if let others = schema["additionalProperties"] {
        let flaws = sub(member.value, others, memberPath)
        found += others == false ? [unknown(memberPath, member.key, properties)] : flaws
      }
    }
    return found + checkLength(object.count, schema, "Properties", "members", path)
  }

  private static func checkElements(_ elements: [JSON], _ schema: JSONObject, _ path: String, _ sub: Sub) -> [String] {
    var found: [String] = []
    let prefix = schema["prefixItems"]?.array ?? []
    for (number, element) in elements.enumerated() {
      guard let rule = number < prefix.count ? prefix[number] : schema["items"] else { continue }
      found += sub(element, rule, "\(path)[\(number)]")
    }
    if schema["uniqueItems"] == true, Set(elements).count < elements.count {
      found.append("\(named(path)) has an element twice")
    }
    return found + checkLength(elements.count, schema, "Items", "elements", path)
  }

  private static func checkLength(_ count: Int, _ schema: JSONObject, _ keyword: String, _ unit: String, _ path: String)
    -> [String]
  {
    var found: [String] = []
    if let least = schema["min" + keyword]?.int, count < least {
      found.append("\(named(path)) must have at least \(least) \(unit), and has \(count)")
    }
    if let most = schema["max" + keyword]?.int, count > most {
      found.append("\(named(path)) may have \(most) \(unit) at most, and has \(count)")
    }
    return found
  }

  private static func checkBounds(_ number: JSONNumber, _ schema: JSONObject, _ path: String) -> [String] {
    let rules: [(String, String, (Double, Double) -> Bool)] = [
      ("minimum", "at least", { $0 >= $1 }), ("maximum", "at most", { $0 <= $1 }),
      ("exclusiveMinimum", "above", { $0 > $1 }), ("exclusiveMaximum", "below", { $0 < $1 }),
    ]
    return rules.compactMap { keyword, words, holds in
      guard let bound = schema[keyword]?.number, !holds(number.double, bound.double) else { return nil }
      return "\(named(path)) must be \(words) \(bound.literal), and is \(number.literal)"
    }
  }

  private static func checkCombinations(_ value: JSON, _ schema: JSONObject, _ path: String, _ sub: Sub) -> [String] {
    var found = (schema["allOf"]?.array ?? []).flatMap { sub(value, $0, path) }
    if let choices = schema["anyOf"]?.array, !choices.contains(where: { sub(value, $0, path).isEmpty }) {
      found.append("\(named(path)) is none of what 'anyOf' allows")
    }
    if let choices = schema["oneOf"]?.array {
      let fitting = choices.count { sub(value, $0, path).isEmpty }
      if fitting != 1 { found.append("\(named(path)) must be one of what 'oneOf' allows, and is \(fitting) of them") }
    }
    if let not = schema["not"], sub(value, not, path).isEmpty { found.append("\(named(path)) is what 'not' forbids") }
    return found
  }

  /// A part of a schema's document, by a JSON pointer after `#` (RFC 6901); `nil` when there is none, or it is elsewhere.
  package static func resolve(_ reference: String, in root: JSON) -> JSON? {
    guard reference.hasPrefix("#") else { return nil }
    return reference.dropFirst().split(separator: "/").reduce(Optional(root)) { part, name in
      let name = String(name.replacing("~1", with: "/").replacing("~0", with: "~"))
      guard let elements = part?.array else { return part?[name] }
      return Int(name).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
    }
  }

  /// What is told of a member that no schema knows: it is misspelt, or not a member at all.
  private static func unknown(_ path: String, _ name: String, _ properties: JSONObject) -> String {
    let names = properties.map(\.key)
    let meant = NearMiss.of(name, among: names).map { " (did you mean '\($0)'?)" }
    let others = names.isEmpty ? " (there are no members)" : " (there are \(names.joined(separator: ", ")))"
    return "\(named(path)) is not allowed\(meant ?? others)"
  }

  /// A value as it is quoted: what it is, and the beginning of it.
  private static func given(_ value: JSON) -> String {
    switch value {
    case .null: return "null"
    case .object, .array: return value.kindName
    case .bool, .number, .string:
      let text = value.text
      let shown = text.count > JSONLimits.quotedMax ? "\(text.prefix(JSONLimits.quotedMax))…" : text
      return "\(value.kindName) \(shown)"
    }
  }

  private static func named(_ path: String) -> String { path.isEmpty ? "the value" : "'\(path)'" }
}

extension JSON {
  fileprivate var number: JSONNumber? { if case .number(let number) = self { number } else { nil } }

  /// Whether this is of a type that a schema names.
  func `is`(_ type: String) -> Bool {
    switch (type, self) {
    case ("null", .null), ("boolean", .bool), ("number", .number), ("string", .string), ("array", .array),
      ("object", .object):
      true
    case ("integer", .number(let number)): number.double.rounded() == number.double
    default: false
    }
  }

  /// Whether this is the same value: numbers by their size, not by how they were written.
  fileprivate func equals(_ other: JSON) -> Bool {
    if case .number(let one) = self, case .number(let other) = other { return one.double == other.double }
    return self == other
  }
}
