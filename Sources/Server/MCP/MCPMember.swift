internal import OperatingSystem
internal import Protocol

/// A server, and what is known of it.
struct MCPMember {
  let settings: MCPServerSettings
  /// Its part of its tools' names.
  let word: String
  var server: MCPServer?
  var stage: MCPServerStage
  var greeting: MCPGreeting?
  var tools: [MCPNamedTool] = []
  var prompts: [MCPPrompt] = []
  /// Whether it was listed.
  var isKnown = false
  /// Set when the first try is over, however it ended.
  var tried = Promise<Bool>()
  /// Whether it is being listed, and whether it is to be listed again afterwards.
  var listing = (isOn: false, again: false)
}
