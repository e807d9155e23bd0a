import Protocol
import Providers

/// The API's rules of a whole request, which tests hold every request against.
enum RequestRules {
  /// Why a request is none the API takes; `nil` when it is one.
  ///
  /// Source: the Messages API's own refusals, and its documentation of extended thinking and prompt caching.
  static func flaw(in request: ModelRequest) -> String? {
    guard let last = request.messages.last else { return "there are no messages" }
    if let flaw = Conversation.flaw(in: request.messages) { return flaw }
    let leftOut = ImageBounds.fitted(request.messages, for: .anthropic).leftOut
    guard leftOut.isEmpty else { return "the images are too many or too large together" }
    guard request.maxTokens >= 1 else { return "max_tokens is \(request.maxTokens)" }
    if request.system.contains(where: { $0["text"]?.string?.allSatisfy(\.isWhitespace) != false }) {
      return "the system prompt has a blank text"
    }
    let names = request.tools.compactMap { $0["name"]?.string }
    guard Set(names).count == names.count else { return "two tools have one name" }
    let marks = (request.system + request.tools + request.messages.flatMap(Conversation.blocks(of:))).filter {
      $0["cache_control"] != nil
    }
    guard marks.count <= ProviderLimits.cacheMarksMax else { return "there are \(marks.count) cache marks" }
    if last["role"] == "assistant", let text = Conversation.blocks(of: last).last?["text"]?.string,
      text.last?.isWhitespace == true
    {
      return "the last message is the assistant's and ends with blanks"
    }
    return flaw(inThinkingOf: request, last)
  }

  private static func flaw(inThinkingOf request: ModelRequest, _ last: JSON) -> String? {
    guard request.thinking?["type"] == "enabled" else { return nil }
    let budget = request.thinking?["budget_tokens"]?.int ?? 0
    guard budget >= 1_024, budget < request.maxTokens else {
      return "thinking has \(budget) tokens of \(request.maxTokens)"
    }
    // A turn that goes on must have begun with thoughts.
    guard last["role"] == "assistant" || Conversation.isResultsOnly(last) else { return nil }
    let said = request.messages.lastIndex { $0["role"] == "user" && !Conversation.isResultsOnly($0) } ?? -1
    let turn = request.messages[(said + 1)...].first { $0["role"] == "assistant" }
    guard let first = turn.map(Conversation.blocks(of:))?.first, !Conversation.isThinking(first) else { return nil }
    return "thinking is enabled, and the turn that goes on did not begin with it"
  }
}
