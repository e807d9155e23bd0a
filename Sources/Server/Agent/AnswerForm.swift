internal import Protocol
internal import Providers

/// How a run's answer gets the form that its schema says: by the service, which lets the model write nothing else, or in
/// words.
///
/// Either way it is held against the schema here.
struct AnswerForm: Sendable {
  private let schema: JSON?
  private let grammar: GrammarSchema?
  /// Whether it is asked for in words first, as the conversation would have to be written to the cache anew.
  private var isInWordsFirst = false
  private var wasRepaired = false

  /// A form, in no conversation yet.
  init(_ schema: JSON?) {
    self.schema = schema
    grammar = schema.flatMap { try? GrammarSchema($0) }
  }

  /// The form of a run's answer in its session; `now` is milliseconds since 1970.
  init(_ schema: JSON?, in session: Session, now: Int) {
    self.init(schema)
    guard let grammar else { return }
    isInWordsFirst =
      session.format != grammar.json && session.contextUsed > ContextLimits.formChangeMax
      && now - session.updatedAt < ContextLimits.cacheLifeMs
  }

  /// The form in words; `nil` where any will do.
  var words: String? { schema.map(StructuredOutput.instruction) }

  /// The form for the service to see to; `nil` where it is asked for in words, or any will do.
  func format(for model: AskedModel, besides tools: [JSON]) -> AnswerFormat? {
    guard let grammar, let words, !isInWordsFirst, model.choice.traits.structuredOutputs else { return nil }
    let tools = StrictTools.fitted(tools, for: model.choice.traits)
    // What a service finds on the web it cites, and citations take no form.
    guard StrictTools.leaveRoom(tools, for: grammar), !tools.contains(where: WebTools.isOne) else { return nil }
    return AnswerFormat(schema: grammar, words: words)
  }

  /// What of the schema nobody checks, for a person; `nil` for nothing.
  func notice(of format: AnswerFormat?) -> String? {
    let kept = format?.schema.kept ?? []
    let names = schema.map(JSONSchemaValidator.unchecked)?.filter { !kept.contains($0) } ?? []
    guard !names.isEmpty else { return nil }
    return "outputSchema has what nobody checks: \(names.joined(separator: ", "))"
  }

  /// What becomes of an answer.
  enum Reading {
    /// The value; `nil` where any text will do.
    case value(JSON?)
    /// This is said to the model, and it is asked again.
    case again(complaint: String)
  }

  /// Reads an answer.
  ///
  /// - Throws: ``Failure`` when it does not follow the schema for the second time.
  mutating func read(_ text: String) throws(Failure) -> Reading {
    guard let schema else { return .value(nil) }
    switch StructuredOutput.read(text, schema: schema) {
    case .success(let value): return .value(value)
    case .failure(let flaw):
      guard !wasRepaired else { throw StructuredOutput.failure(flaw) }
      wasRepaired = true
      // Words were not enough.
      isInWordsFirst = false
      let complaint = StructuredOutput.complaint(flaw)
      return .again(complaint: grammar == nil ? complaint : "\(complaint)\n\n\(words ?? "")")
    }
  }
}
