/// Tells a JSON Schema (draft 2020-12) from what is none, and goes through the schemas that one holds.
package enum JSONSchemaForm {
  /// Why a value is no schema, as a sentence that begins with the way to where; `nil` when it is one.
  ///
  /// Known are the keywords of draft 2020-12 and the older forms of them that ``modern(_:)`` puts right; other members may
  /// hold anything. References are not followed.
  package static func flaw(in schema: JSON) -> String? { flaw(in: schema, at: "", depth: 0) }

  /// The schema with what older drafts write otherwise as draft 2020-12 has it: tuples, and bounds that are told to exclude
  /// themselves.
  package static func modern(_ schema: JSON) -> JSON {
    mapped(schema) { schema in
      if let tuple = schema["items"]?.array {
        schema["items"] = schema["additionalItems"]
        schema["additionalItems"] = nil
        // A tuple of nothing says nothing.
        if !tuple.isEmpty { schema["prefixItems"] = schema["prefixItems"] ?? .array(tuple) }
      }
      for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        guard let excludes = schema[exclusive]?.bool else { continue }
        schema[exclusive] = excludes ? schema[bound] : nil
        if excludes { schema[bound] = nil }
      }
    }
  }

  /// The schema with all schemas in it changed, the innermost first, itself last; data such as `const` is left alone.
  package static func mapped(_ schema: JSON, _ change: (inout JSONObject) -> Void) -> JSON {
    mapped(schema, depth: 0, change)
  }

  // MARK: Keywords

  private static let types: Set = ["null", "boolean", "number", "integer", "string", "array", "object"]
  /// Those whose value is a schema.
  private static let schemas: Set = [
    "not", "if", "then", "else", "contains", "propertyNames", "additionalProperties", "unevaluatedProperties", "items",
    "unevaluatedItems", "additionalItems",
  ]
  /// Those whose value is a list of schemas.
  private static let lists: Set = ["anyOf", "oneOf", "allOf", "prefixItems"]
  /// Those whose value has a schema for each name.
  private static let maps: Set = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]
  private static let texts: Set = [
    "$ref", "$schema", "$id", "$anchor", "$comment", "title", "description", "pattern", "format",
  ]
  private static let numbers: Set = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]
  private static let counts: Set = [
    "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains",
  ]

  // MARK: Walking

  private static func mapped(_ schema: JSON, depth: Int, _ change: (inout JSONObject) -> Void) -> JSON {
    guard case .object(var object) = schema, depth < JSONLimits.schemaDepthMax else { return schema }
    func sub(_ json: JSON) -> JSON { mapped(json, depth: depth + 1, change) }
    for (key, value) in object {
      switch value {
      case .array(let elements) where lists.contains(key) || key == "items":
        object[key] = .array(elements.map(sub))
      case .object(let members) where maps.contains(key):
        object[key] = .object(JSONObject(members.map { ($0.key, sub($0.value)) }))
      case .object where schemas.contains(key): object[key] = sub(value)
      default: break
      }
    }
    change(&object)
    return .object(object)
  }

  private static func flaw(in schema: JSON, at path: String, depth: Int) -> String? {
    if schema.bool != nil { return nil }
    guard let object = schema.object else { return wrong(path, "a schema: an object, or true or false", schema) }
    guard depth < JSONLimits.schemaDepthMax else { return nil }
    for (key, value) in object {
      let place = path.isEmpty ? key : "\(path).\(key)"
      if let flaw = flaw(inValue: value, of: key, at: place, depth: depth + 1) { return flaw }
    }
    return nil
  }

  private static func flaw(inValue value: JSON, of key: String, at place: String, depth: Int) -> String? {
    if schemas.contains(key) {
      if key == "items", let tuple = value.array { return flaw(inList: tuple, at: place, depth: depth) }
      return flaw(in: value, at: place, depth: depth)
    }
    if lists.contains(key) {
      guard let list = value.array, !list.isEmpty else { return wrong(place, "a list of schemas, not empty", value) }
      return flaw(inList: list, at: place, depth: depth)
    }
    if maps.contains(key) {
      guard let members = value.object else { return wrong(place, "an object", value) }
      return members.lazy.compactMap { flaw(in: $0.value, at: "\(place).\($0.key)", depth: depth) }.first
    }
    if texts.contains(key) { return value.string == nil ? wrong(place, "a string", value) : nil }
    if numbers.contains(key) {
      let isOldForm = key.hasPrefix("exclusive") && value.bool != nil
      return value.double == nil && !isOldForm ? wrong(place, "a number", value) : nil
    }
    if counts.contains(key) {
      let isCount = value.double.map { $0 >= 0 && $0.rounded() == $0 } ?? false
      return isCount ? nil : wrong(place, "a whole number, not below 0", value)
    }
    switch key {
    case "type": return flaw(inTypes: value, at: place)
    case "required": return isListOfStrings(value) ? nil : wrong(place, "a list of strings", value)
    case "enum": return value.array == nil ? wrong(place, "a list", value) : nil
    case "uniqueItems": return value.bool == nil ? wrong(place, "true or false", value) : nil
    case "dependentRequired":
      let isSound = value.object?.allSatisfy { isListOfStrings($0.value) } ?? false
      return isSound ? nil : wrong(place, "an object of lists of strings", value)
    default: return nil
    }
  }

  private static func flaw(inList list: [JSON], at place: String, depth: Int) -> String? {
    list.enumerated().lazy.compactMap { flaw(in: $1, at: "\(place)[\($0)]", depth: depth) }.first
  }

  private static func flaw(inTypes value: JSON, at place: String) -> String? {
    let names = value.array ?? [value]
    guard !names.isEmpty, names.allSatisfy({ types.contains($0.string ?? "") }) else {
      return "\(place) must be \(types.sorted().joined(separator: ", ")), or a list of these"
    }
    return nil
  }

  private static func isListOfStrings(_ value: JSON) -> Bool { value.array?.allSatisfy { $0.string != nil } ?? false }

  private static func wrong(_ place: String, _ expected: String, _ found: JSON) -> String {
    "\(place.isEmpty ? "it" : place) must be \(expected), and is \(found.kindName)"
  }
}
