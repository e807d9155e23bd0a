internal import Protocol
internal import Providers

/// What models call the tools of MCP servers: `mcp__server__tool`, made of what services take, and no longer.
package enum MCPToolName {
  /// What all of them begin with.
  package static let beginning = RuleTools.ofServers
  private static let separator = "__"

  /// A server's part of its tools' names: by the rule, or with a hash where it is too long or `isTaken` by another server.
  ///
  /// It has no `__`, neither begins nor ends with `_`, and is short enough to stand whole in each name: a rule for a server
  /// means all its tools, and as `__` comes after no other word, none of another's.
  static func word(of server: String, isTaken: (String) -> Bool) -> String {
    let parts = sound(server).split(separator: "_")
    let word = parts.joined(separator: "_")
    if !word.isEmpty, word.utf8.count <= MCPClientLimits.wordMax, !isTaken(word) { return word }
    var beginning = word.prefix(MCPClientLimits.wordMax - hashLength - 1)
    while beginning.last == "_" { beginning.removeLast() }
    var (hashed, text) = ("", server)
    repeat {
      hashed = beginning + (beginning.isEmpty ? "" : "_") + hash(text)
      text += "\0"
    } while isTaken(hashed)
    return hashed
  }

  /// The name of a tool: by the rule, or with a hash where it is too long or `isTaken` by another tool.
  package static func name(of tool: String, server: String, word: String, isTaken: (String) -> Bool) -> String {
    let whole = beginning + word + separator + sound(tool)
    if whole.utf8.count <= ToolLimits.toolNameMax, !isTaken(whole) { return whole }
    return whole.prefix(ToolLimits.toolNameMax - hashLength - 1) + "_" + hash("\(server)\0\(tool)")
  }

  private static let hashLength = 8

  private static func hash(_ text: String) -> String {
    String(SHA256.hexadecimal(Array(text.utf8)).prefix(hashLength))
  }

  /// A name with `_` for each character that no name of a tool has.
  private static func sound(_ name: String) -> String {
    String(
      decoding: name.unicodeScalars.map { scalar in
        scalar.isASCII && Byte.isName(UInt8(scalar.value)) ? UInt8(scalar.value) : UInt8(ascii: "_")
      }, as: UTF8.self)
  }
}
