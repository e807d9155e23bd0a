internal import Protocol

/// `ask_user`: a question to the person, where one can be asked.
package struct AskUser: ToolSource {
  private struct Input: Decodable {
    var question: String
    var choices: [String]?
    var timeoutSeconds: Int?

    enum CodingKeys: String, CodingKey {
      case question, choices
      case timeoutSeconds = "timeout_seconds"
    }
  }

  /// The name it is called by, which nobody else may have, whether it is offered or not.
  package static let name = "ask_user"
  private static let member = "answer"

  private let desk: QuestionDesk

  /// The tool, asking at that desk.
  package init(_ desk: QuestionDesk) { self.desk = desk }

  package var definitions: [ToolDefinition] { desk.canAsk ? [Self.definition] : [] }

  private static let definition = ToolDefinition(
    name: name,
    description: """
      Asks the person a question and waits for the answer: one of the choices, or a short text where there are none. Use \
      it when you cannot go on well without knowing, as when two ways are open and the person's wish decides; what you can \
      find out yourself, find out. One question at a time. They may decline.
      """,
    inputSchema: ToolDefinition.schema(
      [
        "question": [
          "type": "string", "minLength": 1, "maxLength": .number(JSONNumber(ToolLimits.questionLengthMax)),
          "description": "What you want to know, in full: the person may see nothing else.",
        ],
        "choices": [
          "type": "array", "minItems": 2, "maxItems": .number(JSONNumber(ToolLimits.questionChoicesMax)),
          "items": ["type": "string", "minLength": 1, "maxLength": .number(JSONNumber(ToolLimits.choiceLengthMax))],
          "description": "The answers to choose from; left out for an answer in the person's own words.",
        ],
        "timeout_seconds": [
          "type": "integer", "minimum": 1, "maximum": .number(JSONNumber(ToolLimits.questionSecondsMax)),
          "description": .string("How long to wait; \(ToolLimits.questionMs / 1_000) when left out."),
        ],
      ], required: ["question"]))

  package func plan(_ request: ToolRequest, in setting: ToolSetting) throws(ToolError) -> ToolPlan {
    let input: Input = try Self.definition.read(request.input)
    var field: JSONObject = ["type": "string", "title": "Answer"]
    if let choices = input.choices {
      guard Set(choices).count == choices.count else {
        throw ToolError(.invalidInput, "Two of the choices are the same; give each once.")
      }
      field["enum"] = .array(choices.map(JSON.string))
    } else {
      field["minLength"] = 1
    }
    let question = PersonQuestion(
      sessionId: setting.run.sessionId, runId: setting.run.runId, toolCallId: request.id, message: input.question,
      form: ["type": "object", "properties": [Self.member: .object(field)], "required": [.string(Self.member)]])
    let milliseconds = input.timeoutSeconds.map { $0 * 1_000 } ?? ToolLimits.questionMs
    return ToolPlan(title: "Ask: \(ToolPlan.firstLine(of: input.question))", effects: []) {
      [desk] _ throws(ToolError) in
      let answer = await desk.ask(question, for: milliseconds)
      guard !Task.isCancelled else { throw .cancelled }
      return Self.outcome(answer, seconds: milliseconds / 1_000)
    }
  }

  private static func outcome(_ answer: PersonAnswer, seconds: Int) -> ToolOutcome {
    switch answer {
    case .accepted(let content): ToolOutcome(text: content[member]?.string ?? "")
    case .declined:
      ToolOutcome(text: "[the person did not want to answer; do what seems best without it, or leave it undone]")
    case .cancelled: ToolOutcome(text: "[the person turned away from the question; it was not answered]")
    case .expired: ToolOutcome(text: "[nobody answered within \(seconds) s]", isError: true)
    }
  }
}
