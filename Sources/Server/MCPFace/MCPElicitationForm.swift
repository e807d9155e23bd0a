internal import Protocol

/// A question about a permission as a form, and what an answer to it means.
enum MCPElicitationForm {
  /// The form: all that would happen, and the answers to choose between.
  static func form(_ question: PermissionQuestion, about call: ToolCallInfo, _ terms: MCPTerms) -> MCPIncoming.Elicit {
    let shown = call.diff ?? call.input["command"]?.string ?? call.input.text
    let message = "\(call.name): \(call.title)\n\n\(shown)\n\n\(question.prompt.why)."
    let options = question.prompt.options
    var answer: JSONObject = ["type": "string", "title": "May this happen?"]
    if terms.isSince("2025-11-25") {
      answer["oneOf"] = .array(options.map { ["const": .string($0.id), "title": .string($0.name)] })
    } else {
      answer["enum"] = .array(options.map { .string($0.id) })
      answer["enumNames"] = .array(options.map { .string($0.name) })
    }
    return MCPIncoming.Elicit(
      message: message.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        .map { VisibleText.whole(line: $0) }.joined(separator: "\n"),
      requestedSchema: ["type": "object", "properties": ["answer": .object(answer)], "required": ["answer"]])
  }

  /// Answers a question as the person at the client did; whatever is no choice of theirs refuses.
  static func settle(_ question: PermissionQuestion, by answer: JSON?) {
    let chosen = answer?["action"] == "accept" ? answer?["content"]?["answer"]?.string : nil
    let option = question.prompt.options.first { $0.id == chosen } ?? question.defaultOption
    question.answer(option.id)
  }
}
