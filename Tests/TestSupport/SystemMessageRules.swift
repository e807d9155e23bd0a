internal import Protocol

/// Where a message of the role `system` may stand among the others, and what it may say.
struct SystemMessageRules {
  let rules: ConversationRules
  /// The calls that are still to be answered.
  let open: [String]

  /// The beta features that a message's members need.
  static let clearing = "mid-conversation-system-clear-at-2026-08-21"
  static let effort = "mid-conversation-output-config-2026-07-01"
  private static let toolChanges = "mid-conversation-tool-changes-2026-07-01"

  func check(_ index: Int, in messages: [JSON]) throws(UpstreamRefusal) {
    let message = messages[index]
    let content = ConversationRules.blocks(message["content"])
    let path = "messages.\(index)"
    try checkModel()
    let before = messages[index - 1]["role"]
    guard before == "user" || before == "system" else {
      throw .invalid("\(path): a system message must follow a user message")
    }
    guard index == messages.count - 1 || messages[index + 1]["role"] != "user" else {
      throw .invalid("\(path): a system message must be last or be followed by an assistant message")
    }
    guard open.isEmpty else {
      throw .invalid("\(path): a system message cannot stand between tool_use and tool_result")
    }
    try checkMembers(of: message, content, path)
    for block in content {
      switch block["type"]?.string {
      case "text" where block["text"]?.string?.contains { !$0.isWhitespace } == true: break
      case "tool_addition", "tool_removal":
        guard rules.betas.contains(Self.toolChanges), rules.service != .bedrock else {
          throw .invalid("\(path).content: tool changes need a beta")
        }
      default: throw .invalid("\(path).content: a system message holds text")
      }
    }
  }

  private func checkModel() throws(UpstreamRefusal) {
    guard let allowed = rules.model?.systemMessages else { return }
    guard rules.service == .bedrock ? allowed.bedrock : allowed.api else {
      throw .invalid("role 'system' is not supported on this model")
    }
  }

  private func checkMembers(of message: JSON, _ content: [JSON], _ path: String) throws(UpstreamRefusal) {
    if message["clear_at"] != nil {
      guard rules.betas.contains(Self.clearing) else {
        throw .invalid("\(path).clear_at: Extra inputs are not permitted")
      }
      if content.contains(where: { $0["cache_control"] != nil }) {
        throw .invalid("\(path): cache_control cannot be set with clear_at")
      }
    }
    if message["output_config"] != nil {
      guard rules.betas.contains(Self.effort), takesEffort else {
        throw .invalid("\(path).output_config: Extra inputs are not permitted")
      }
    } else if content.isEmpty || message["content"] == "" {
      throw .invalid("\(path): a system message must not be empty")
    }
  }

  private var takesEffort: Bool {
    guard let name = rules.model?.name else { return true }
    return rules.service == .bedrock
      ? name.contains(#/fable-5-[12]|mythos-5-2|opus-5-5/#)
      : name.contains(#/fable-5-|mythos-5-|opus-5|sonnet-5-5|haiku-5-5/#)
  }
}
