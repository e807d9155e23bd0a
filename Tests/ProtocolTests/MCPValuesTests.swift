import Protocol
import Testing

@Suite struct `What MCP servers say:` {
  @Test(arguments: [
    (#"{"type":"text","text":"a"}"#, MCPContent.text("a")),
    (#"{"type":"image","mimeType":"image/png","data":"AA=="}"#, .image(mimeType: "image/png", data: "AA==")),
    (#"{"type":"audio","data":"AA=="}"#, .audio(mimeType: "application/octet-stream", data: "AA==")),
    (#"{"type":"text","text":null}"#, .unknown(type: "text")), (#"{"type":"video","x":1}"#, .unknown(type: "video")),
    (#"{"text":"a"}"#, .unknown(type: "an object")), (#"7"#, .unknown(type: "a number")),
    (#"{"type":"resource","resource":{"uri":"a:b"}}"#, .unknown(type: "resource")),
    (#"{"type":"resource_link","name":"x"}"#, .unknown(type: "resource_link")),
  ]) func `a block is what it can be read as`(text: String, content: MCPContent) throws {
    #expect(MCPContent(try JSON.parse(text)) == content)
  }

  @Test func `members that are null or of another type are not there`() throws {
    let json = try JSON.parse(
      #"""
      {"content":[{"type":"resource_link","uri":"a:b","name":null,"size":"7"},
       {"type":"resource","resource":{"uri":"a:b","mimeType":1,"text":"t","blob":null}}],
       "structuredContent":null,"isError":null,"_meta":[],"more":1}
      """#)
    let result = MCPToolResult(try #require(json.object))
    #expect((result.structuredContent, result.isError, result.meta) == (nil, false, [:]))
    guard case .link(let link) = result.content.first, case .resource(let resource) = result.content.last else {
      Issue.record("\(result.content)")
      return
    }
    #expect((link.name, link.size) == ("a:b", nil))
    #expect((resource.mimeType, resource.text, resource.blob) == (nil, "t", nil))
  }

  @Test(arguments: [
    (#"{}"#, "complete"), (#"{"resultType":null}"#, "complete"), (#"{"resultType":"complete"}"#, "complete"),
    (#"{"resultType":"input_required"}"#, "input"), (#"{"resultType":"task"}"#, "task"),
    (#"{"resultType":7}"#, "a number"), ("null", "null"), ("[]", "an array"),
  ]) func `a result is told apart by its type`(text: String, kind: String) throws {
    let found =
      switch MCPResult(try JSON.parse(text)) {
      case .complete: "complete"
      case .inputRequired: "input"
      case .unknown(let type): type
      }
    #expect(found == kind)
  }

  @Test(arguments: [
    (#"{"a":{"type":"string","x-mcp-header":"Region"}}"#, #"{"a":"x"}"#, ["Mcp-Param-Region: x"]),
    (#"{"a":{"type":"integer","x-mcp-header":"N"}}"#, #"{"a":7.0}"#, ["Mcp-Param-N: 7"]),
    (#"{"a":{"type":"boolean","x-mcp-header":"B"}}"#, #"{"a":false}"#, ["Mcp-Param-B: false"]),
    (#"{"a":{"type":"string","x-mcp-header":"A"}}"#, #"{"a":null}"#, []),
    (
      #"{"o":{"type":"object","properties":{"a":{"type":"string","x-mcp-header":"A"}}}}"#, #"{"o":{"a":"d"}}"#,
      ["Mcp-Param-A: d"]
    ),
    (#"{"x-mcp-header":{"type":"string"}}"#, #"{"x-mcp-header":"d"}"#, []),
  ]) func `arguments stand in the headers that their schema names`(
    properties: String, arguments: String, expected: [String]
  ) throws {
    let tool = try tool(properties)
    let headers = try MCPParameterHeaders(tool).headers(of: try #require(try JSON.parse(arguments).object))
    #expect(headers.map { "\($0.name): \($0.value)" } == expected)
  }

  @Test(arguments: [
    #"{"a":{"type":"number","x-mcp-header":"A"}}"#, #"{"a":{"x-mcp-header":"A"}}"#,
    #"{"a":{"type":"string","x-mcp-header":""}}"#, #"{"a":{"type":"string","x-mcp-header":"a b"}}"#,
    #"{"a":{"type":"string","x-mcp-header":7}}"#,
    #"{"a":{"type":"array","items":{"type":"string","x-mcp-header":"A"}}}"#,
    #"{"a":{"type":"string","x-mcp-header":"A"},"b":{"type":"string","x-mcp-header":"a"}}"#,
    #"{"a":{"anyOf":[{"type":"string","x-mcp-header":"A"}]}}"#,
  ]) func `a schema whose headers break the rules leaves its tool out`(properties: String) throws {
    let tool = try tool(properties)
    #expect(throws: MCPTool.Misfit.self) { try MCPParameterHeaders(tool) }
  }

  private func tool(_ properties: String) throws -> MCPTool {
    try MCPTool(["name": "t", "inputSchema": ["type": "object", "properties": try JSON.parse(properties)]])
  }

  @Test(arguments: [
    (#"{"supported":["2026-07-28","x"]}"#, "whatever 2025-03-26", ["2026-07-28", "x"]),
    ("null", "not 2025-11-25 but 2026-07-28.", ["2026-07-28"]), ("null", "call 12-34-56 or 2025-1-1", []),
  ]) func `a refusal names revisions in its data, or else in its text`(
    data: String, message: String, expected: [String]
  ) throws {
    let refusal = RPCError(.invalidParams, message, data: try JSON.parse(data))
    #expect(MCPRevision.named(in: refusal).map(\.rawValue) == expected)
  }
}
