internal import OperatingSystem
internal import Protocol
internal import Providers

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
  /// Set when the first try of its server is over, however it ended; each server has one of its own, and is known by it.
  var tried = Promise<Bool>()
  /// Whether it is being listed, and whether it is to be listed again afterwards.
  var listing = (isOn: false, again: false)

  /// Has no server any more: what is known came of that, and what it still says is nothing of this one's.
  mutating func leave() {
    (server, tools, prompts, isKnown) = (nil, [], [], false)
    (tried, listing) = (Promise(), (false, false))
  }
}
