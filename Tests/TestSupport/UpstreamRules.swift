internal import Protocol

/// What the services refuse in a request beside its conversation, for which there are ``ConversationRules``.
enum UpstreamRules {
  /// What is wrong with a request; `nil` when nothing is.
  static func flaw(in request: LoopbackRequest, _ question: Upstream.Question) -> String? {
    guard request["content-type"] == "application/json" else { return "the content type is not supported" }
    guard question.body != .null else { return "the body is no JSON" }
    switch question.service {
    case .anthropic:
      guard request["anthropic-version"] == "2023-06-01" else { return "anthropic-version: header is required" }
      return ConversationRules.flaw(in: judged(question.body), for: .anthropic)
    case .bedrock:
      let segment = request.target.split(separator: "/")[1]
      let kept = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%".utf8)
      guard segment.utf8.allSatisfy(kept.contains), !question.model.isEmpty else { return "the path is not encoded" }
      guard question.operation != "count-tokens" else { return nil }
      guard ["invoke", "invoke-with-response-stream"].contains(question.operation) else { return "no such operation" }
      return ConversationRules.flaw(in: judged(question.body), for: .bedrock(model: question.model)).map {
        "Malformed input request: \($0), please reformat your input and try again."
      }
    }
  }

  /// A body without the model's turn at its end that paused, which both take back as it was.
  private static func judged(_ body: JSON) -> JSON {
    let messages = body["messages"]?.array ?? []
    guard var object = body.object, let last = messages.last, last["role"] == "assistant",
      last["content"]?.array?.last?["type"] == "server_tool_use"
    else { return body }
    object["messages"] = .array(messages.dropLast())
    return .object(object)
  }
}
