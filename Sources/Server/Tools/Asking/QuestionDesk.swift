package import OperatingSystem
internal import Protocol

/// Asks the person for whoever wants to know something: models by `ask_user`, servers of tools by elicitation.
///
/// Each question has its time, and an answer that does not fit the form counts as none.
package struct QuestionDesk: Sendable {
  private let asker: any PersonAsking
  private let time: TimeSource

  /// A desk that asks by that asker.
  package init(_ asker: any PersonAsking, time: TimeSource) {
    self.asker = asker
    self.time = time
  }

  /// Whether there is a person who can be asked.
  package var canAsk: Bool { asker.canAskPerson }

  /// Asks, and waits for the answer so many milliseconds at most; cancelling the task takes the question back.
  package func ask(_ question: PersonQuestion, for milliseconds: Int = ToolLimits.questionMs) async -> PersonAnswer {
    guard canAsk else { return .declined }
    var question = question
    question.expiresAt = time.now() + milliseconds
    switch await answer(to: question, within: milliseconds) {
    case .accepted(let content): return Self.fitted(content, to: question.form)
    case let other: return other
    }
  }

  private func answer(to question: PersonQuestion, within milliseconds: Int) async -> PersonAnswer {
    await time.limited(to: milliseconds) { [asker] in await asker.ask(question) } ?? .expired
  }

  /// What was filled in, as far as the form knows it: careless clients send members that are null, and numbers as texts.
  private static func fitted(_ content: JSONObject, to form: JSON) -> PersonAnswer {
    let given = JSONObject(content.members.filter { $0.value != .null }.map { ($0.key, $0.value) })
    let fitted = JSONSchemaFit.fitted(.object(given), to: form)
    guard JSONSchemaValidator.violations(of: fitted, against: form).isEmpty else { return .declined }
    return fitted.object.map(PersonAnswer.accepted) ?? .declined
  }
}
