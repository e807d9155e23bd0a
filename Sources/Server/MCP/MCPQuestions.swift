internal import Protocol

/// Questions of a session's MCP servers to the person.
struct MCPQuestions: Sendable {
  let sessionId: String
  let desk: QuestionDesk?

  /// Who asks for a server, which is named in the question; `nil` where nobody can be asked.
  var ask: MCPHost.Ask? {
    guard let desk, desk.canAsk else { return nil }
    return { server, elicitation in
      var (message, form) = (elicitation.message, JSON.object([:]))
      switch elicitation.way {
      case .form(let schema): form = .object(schema)
      case .url(let url): message += "\n\nIt wants you to open: \(VisibleText.line(url, most: .max))"
      }
      let question = PersonQuestion(sessionId: sessionId, asker: server, message: message, form: form)
      switch await desk.ask(question) {
      case .accepted(let values): return .accept(values)
      case .declined: return .decline
      case .cancelled, .expired: return .cancel
      }
    }
  }
}
