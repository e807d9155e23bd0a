/// Takes what a model wrote as a string for what the schema of its place wants, where nothing else can be meant.
package enum JSONSchemaFit {
  /// The value with strings in the places of numbers, booleans, lists and objects read as such: `"5"`, `"true"`, `"[1]"`.
  ///
  /// Only where the schema (draft 2020-12) allows no string, and the text is one of what it allows. All else stays as it is,
  /// for ``JSONSchemaValidator`` to tell of.
  package static func fitted(_ value: JSON, to schema: JSON) -> JSON {
    fitted(value, schema, Place(walk: JSONSchemaValidator.Walk(root: schema, value: value)))
  }

  /// How far in the walk is.
  private struct Place {
    var walk: JSONSchemaValidator.Walk
    var depth = 0
    var inner: Place { Place(walk: walk, depth: depth + 1) }
  }

  private static func fitted(_ value: JSON, _ schema: JSON?, _ place: Place) -> JSON {
    guard let schema = schema?.object, place.depth < JSONLimits.schemaDepthMax, place.walk.goesOn() else {
      return value
    }
    var value = value
    if let target = schema["$ref"]?.string.flatMap({ JSONSchemaValidator.resolve($0, in: place.walk.root) }) {
      value = fitted(value, target, place.inner)
    }
    if case .string(let text) = value { value = meant(by: text, JSONSchemaValidator.types(of: schema)) ?? value }
    switch value {
    case .object(let object):
      let known = schema["properties"]?.object ?? JSONObject()
      let others = schema["additionalProperties"]
      value = .object(
        JSONObject(object.map { ($0.key, fitted($0.value, known[$0.key] ?? others, place.inner)) }))
    case .array(let elements):
      let prefix = schema["prefixItems"]?.array ?? []
      value = .array(
        elements.enumerated().map { number, element in
          fitted(element, number < prefix.count ? prefix[number] : schema["items"], place.inner)
        })
    default: break
    }
    for part in schema["allOf"]?.array ?? [] { value = fitted(value, part, place.inner) }
    for keyword in ["anyOf", "oneOf"] {
      guard let choices = schema[keyword]?.array else { continue }
      value = chosen(value, choices, place)
    }
    return value
  }

  /// The value as the first of the choices has it, when it is none of them as it stands.
  private static func chosen(_ value: JSON, _ choices: [JSON], _ place: Place) -> JSON {
    func fits(_ value: JSON, _ choice: JSON) -> Bool {
      JSONSchemaValidator.violations(of: value, against: choice, in: place.walk).isEmpty
    }
    guard !choices.contains(where: { fits(value, $0) }) else { return value }
    for choice in choices {
      let other = fitted(value, choice, place.inner)
      if fits(other, choice) { return other }
    }
    return value
  }

  /// What a text says where one of these types must stand; `nil` when it may be a string, or says nothing of the kind.
  private static func meant(by text: String, _ types: [String]) -> JSON? {
    guard !types.isEmpty, !types.contains("string") else { return nil }
    // Some models write words as Python does.
    let words: [String: JSON] = ["True": true, "False": false, "None": .null]
    guard let json = words[text] ?? (try? JSON.parse(text)) else { return nil }
    return types.contains(where: json.is) ? json : nil
  }
}
