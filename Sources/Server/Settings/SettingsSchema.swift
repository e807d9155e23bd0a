package import Protocol

/// The JSON Schema of files of settings, made of the table by which they are read.
package enum SettingsSchema {
  /// The schema (draft 2020-12).
  package static var json: JSON {
    var properties: JSONObject = ["$schema": ["type": "string"]]
    for member in SettingsMember.all {
      var schema = member.schema().object ?? JSONObject()
      schema["description"] = .string(member.does)
      let names = member.name.split(separator: ".").map(String.init)
      guard names.count > 1 else {
        properties[member.name] = .object(schema)
        continue
      }
      var outer = properties[names[0]]?.object ?? ["type": "object", "properties": [:], "additionalProperties": false]
      var inner = outer["properties"]?.object ?? JSONObject()
      inner[names[1]] = .object(schema)
      outer["properties"] = .object(inner)
      properties[names[0]] = .object(outer)
    }
    return [
      "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Settings of wyn360", "type": "object",
      "properties": .object(properties), "additionalProperties": false,
    ]
  }
}
