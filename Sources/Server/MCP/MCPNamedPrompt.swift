package import Protocol

/// A prompt of an MCP server's, by the name under which a person calls it.
package struct MCPNamedPrompt: Hashable, Sendable {
  /// The name: `mcp__server__prompt`.
  package let name: String
  /// The server, as it was named.
  package let server: String
  /// The prompt as the server describes it.
  package let prompt: MCPPrompt
}

extension MCPPromptMessage {
  /// What is said, as a piece of a person's prompt.
  var block: ContentBlock {
    switch content {
    case .text(let text): return .text(isAssistant ? "Assistant: \(text)" : text)
    case .image(let type, let data): return .image(mimeType: type, data: data)
    case .link(let link): return .resourceLink(link)
    case .audio, .resource, .unknown:
      let text = MCPOutcome.block(of: content, keptIn: nil)["text"]?.string
      return .text(text ?? "[something was left out]")
    }
  }
}
