package import Protocol

/// The form that an answer must have, where the service sees to it.
package struct AnswerFormat: Sendable, Hashable {
  /// The schema, as services make a grammar of it.
  package let schema: GrammarSchema
  /// What is said to a model that is asked in words instead.
  package let words: String

  /// A form, and the same in words.
  package init(schema: GrammarSchema, words: String) {
    self.schema = schema
    self.words = words
  }

  /// The API's `output_config.format`.
  var json: JSON { ["type": "json_schema", "schema": schema.json] }
}

/// Tools whose calls always fit their schemas, as the service sees to it.
package enum StrictTools {
  /// The definitions as a model takes them: `strict` stays where it has that, on as many tools as a service compiles beside
  /// the form of the answer.
  ///
  /// The same definitions always become the same bytes for the same model, as thinking is sealed over them.
  package static func fitted(_ tools: [JSON], for traits: ModelTraits) -> [JSON] {
    guard tools.contains(where: { $0["strict"] != nil }) else { return tools }
    var (count, optional, unions) = (0, 0, 0)
    return tools.map { tool in
      guard tool["strict"] == true, case .object(var object) = tool else { return tool }
      let schema = tool["input_schema"].flatMap { try? GrammarSchema($0) }
      if let schema, traits.structuredOutputs, count < ProviderLimits.strictToolsMax,
        (try? GrammarSchema.check(optional + schema.optional, unions + schema.unions)) != nil
      {
        (count, optional, unions) = (count + 1, optional + schema.optional, unions + schema.unions)
        return tool
      }
      object["strict"] = nil
      return .object(object)
    }
  }

  /// Whether a form of the answer can be compiled beside the tools of a request.
  package static func leaveRoom(_ tools: [JSON], for schema: GrammarSchema) -> Bool {
    let strict = tools.compactMap { tool in tool["strict"] == true ? tool["input_schema"] : nil }
    let schemas = strict.compactMap { try? GrammarSchema($0) } + [schema]
    let (optional, unions) = schemas.reduce((0, 0)) { ($0.0 + $1.optional, $0.1 + $1.unions) }
    return (try? GrammarSchema.check(optional, unions)) != nil
  }
}
