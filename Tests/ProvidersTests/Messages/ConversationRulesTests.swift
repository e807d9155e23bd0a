import Protocol
import Providers
import TestSupport
import Testing

@Suite struct `The API's rules of a conversation` {
  private static let question = #"{"role":"user","content":"q"}"#
  private static let call = #"{"type":"tool_use","id":"t","name":"n","input":{}}"#
  private static let image = image("image/png", Picture.png)
  private static func image(_ type: String, _ data: String) -> String {
    #"{"type":"image","source":{"type":"base64","media_type":"\#(type)","data":"\#(data)"}}"#
  }
  private static func system(_ content: String) -> String { #"{"role":"system","content":\#(content)}"# }
  private static let search = #"{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{}}"#
  private static let found = #"{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[]}"#

  private static func assistant(_ blocks: String...) -> String { message("assistant", blocks) }
  private static func user(_ blocks: String...) -> String { message("user", blocks) }
  private static func message(_ role: String, _ blocks: [String]) -> String {
    #"{"role":"\#(role)","content":[\#(blocks.joined(separator: ","))]}"#
  }
  private static func text(_ text: String) -> String { #"{"type":"text","text":"\#(text)"}"# }
  private static func result(_ content: String, isError: Bool = false) -> String {
    #"{"type":"tool_result","tool_use_id":"t","content":\#(content),"is_error":\#(isError)}"#
  }

  private func flaw(_ messages: [String]) throws -> String? {
    Conversation.flaw(in: try #require(try JSON.parse("[\(messages.joined(separator: ","))]").array))
  }

  @Test(arguments: [
    [question, assistant(call), user(result(#""ok""#), text("and more"))],
    [question, assistant(call), user(result("[\(image)]"))],
    [question, assistant(call), user(#"{"type":"tool_result","tool_use_id":"t"}"#)],
    [question, assistant(search, found, text("so"))],
    [question, assistant(text("wait"), search)],
    [question, assistant(search, call), user(result(#""ok""#)), assistant(found, text("so"))],
    [user(image), assistant(#"{"type":"thinking","thinking":"","signature":"s"}"#, text("a"))],
    [question, assistant(#"{"type":"redacted_thinking","data":"x"}"#, call), user(result(#""""#))],
    [question, assistant(#"{"type":"something_new"}"#)],
    [question, system(#""Today is Friday.""#)],
    [
      question, system("[\(text("so"))]"), assistant(call), user(result(#""ok""#)), system(#""so""#),
      assistant(text("a")),
    ],
  ]) func `take`(messages: [String]) throws {
    #expect(try flaw(messages) == nil)
  }

  @Test(arguments: [
    ([question, assistant(call), user(text("and"), result(#""ok""#))], "come first"),
    ([question, assistant(call), user(result(#""ok""#), result(#""ok""#))], "does not answer"),
    ([question, assistant(call), user(text("no"))], "does not answer"),
    ([question, assistant(call, call)], "second time"),
    ([question, assistant(call), user(result(#""ok""#)), assistant(call)], "second time"),
    ([question, assistant(#"{"type":"tool_use","id":"a b","name":"n","input":{}}"#)], "valid id"),
    ([question, assistant(#"{"type":"tool_use","id":"t","name":"n n","input":{}}"#)], "name"),
    ([question, assistant(#"{"type":"tool_use","id":"t","name":"n","input":"x"}"#)], "input object"),
    ([question, assistant(call), user(result("[]", isError: true))], "failed tool result"),
    ([question, assistant(call), user(result("[\(image)]", isError: true))], "text only"),
    ([question, assistant(call), user(result("[\(text(""))]"))], "blank"),
    ([question, assistant(call), user(result("3"))], "neither"),
    ([question, assistant(call), user(result("[\(call)]"))], "with a block 'tool_use'"),
    ([user(call)], "only the assistant"),
    ([user(#"{"type":"thinking","thinking":"x","signature":"s"}"#)], "only the assistant"),
    ([question, assistant(image)], "only the user"),
    ([user(#"{"type":"image","source":{"type":"url","url":""}}"#)], "source"),
    ([user(image("image/bmp", "AAAA"))], "are no PNG"), ([user(image("image/png", ""))], "is empty"),
    ([user(image("image/gif", Picture.png))], "is image/png"),
    ([user(image("image/png", "data:image/png;base64," + Picture.png))], "plain Base64"),
    ([question, assistant(call), user(result("[\(image("image/png", "AAA"))]"))], "are no PNG"),
    ([system(#""so""#)], "not the user's"), ([question, system(#"" ""#)], "blank"),
    ([question, system("[\(image)]")], "no text"), ([question, system(#""so""#), question], "not the assistant's"),
    ([question, system(#""so""#), system(#""so""#)], "not the assistant's"),
    ([question, assistant(text("a")), system(#""so""#)], "not the user's"),
    ([question, assistant(call), system(#""so""#)], "not the user's"),
    ([question, assistant(#"{"type":"thinking","thinking":"x","signature":""}"#, text("a"))], "signature"),
    ([question, assistant(text("a"), #"{"type":"thinking","thinking":"x","signature":"s"}"#)], "ends with thinking"),
    ([question, assistant(#"{"type":"redacted_thinking"}"#, text("a"))], "data"),
    ([question, assistant(search), question], "before the result"),
    ([question, assistant(found)], "without its call"),
    ([question, assistant(text(" \\n"))], "blank"),
    ([question, assistant(#"{"text":"a"}"#)], "without a type"),
    ([#"{"role":"system","content":"q"}"#], "not the user's"),
    ([#"{"role":"user","content":"q","id":"m"}"#], "member 'id'"),
    ([question, assistant()], "is empty"),
  ]) func `refuse`(messages: [String], reason: String) throws {
    let flaw = try #require(try flaw(messages))
    #expect(flaw.contains(reason), "\(flaw)")
    #expect(flaw.hasPrefix("message \(messages.count - 1)"), "\(flaw)")
  }
}
