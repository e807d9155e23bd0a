internal import Protocol
internal import Providers

/// What a tool of an MCP server gave, in the API's form.
enum MCPOutcome {
  /// A result; what is long, or no model can take, is kept to be read on.
  static func of(_ result: MCPToolResult, of tool: MCPTool, keptIn outputs: CommandOutputs?) -> ToolOutcome {
    var blocks = result.content.map { block(of: $0, keptIn: outputs) }.filter { block in
      block["type"] != "text" || block["text"]?.string?.isEmpty == false
    }
    // Texts that come beside a value say the same.
    if let value = result.structuredContent, !blocks.contains(where: { $0["type"] == "text" }) {
      blocks.append(text(value.text))
    }
    blocks = bounded(blocks, keptIn: outputs)
    if let remark = flaw(in: result, of: tool) { blocks.append(text(remark)) }
    var outcome = blocks.isEmpty ? ToolOutcome(text: "") : ToolOutcome(content: blocks)
    outcome.isError = result.isError
    return outcome
  }

  /// What a server lets others read, a line each.
  static func of(_ resources: [MCPResource], keptIn outputs: CommandOutputs?) -> ToolOutcome {
    let lines = resources.map { resource in
      let words = [resource.title ?? resource.name, resource.description, resource.mimeType].compactMap(\.self)
      return "\(resource.uri)\(resource.isTemplate ? " (fill in what stands in braces)" : ""): "
        + words.map(OneLine.of).joined(separator: ", ")
    }
    guard !lines.isEmpty else { return ToolOutcome(text: "It has none.") }
    return ToolOutcome(content: bounded([text(lines.joined(separator: "\n"))], keptIn: outputs))
  }

  /// What stands behind a name.
  static func of(_ contents: [MCPResourceContents], keptIn outputs: CommandOutputs?) -> ToolOutcome {
    guard !contents.isEmpty else { return ToolOutcome(text: "There is nothing of that name.", isError: true) }
    return ToolOutcome(content: bounded(contents.map { block(of: $0, keptIn: outputs) }, keptIn: outputs))
  }

  /// What became of a call that gave nothing.
  static func of(_ failure: MCPFailure, server: String) throws(ToolError) -> ToolOutcome {
    switch failure {
    case .cancelled: throw .cancelled
    case .refused(let error): return ToolOutcome(text: "\(error.code.rawValue): \(error.message)", isError: true)
    case .gone, .forgotten, .late, .unauthorized, .unusable:
      return ToolOutcome(text: "The MCP server '\(server)': \(failure.words)", isError: true)
    }
  }

  // MARK: Blocks

  static func block(of content: MCPContent, keptIn outputs: CommandOutputs?) -> JSON {
    switch content {
    case .text(let words): return text(words)
    case .image(let type, let data):
      return ["type": "image", "source": ["type": "base64", "media_type": .string(type), "data": .string(data)]]
    case .audio(let type, let data):
      let sent = ClientContent.block(["type": "audio", "mimeType": .string(type), "data": .string(data)])
      return text(sent, keeping: data, in: outputs)
    case .resource(let contents): return block(of: contents, keptIn: outputs)
    case .link(let link):
      return SoundDocument.block(.resourceLink(link)) ?? text("\(link.name) (\(link.uri))")
    case .unknown(let type): return text("[a block of the kind '\(VisibleText.line(type, most: 40))' was left out]")
    }
  }

  /// What stands behind a name, as what it is.
  static func block(of contents: MCPResourceContents, keptIn outputs: CommandOutputs?) -> JSON {
    var resource: JSONObject = ["uri": .string(contents.uri)]
    resource["mimeType"] = contents.mimeType.map(JSON.string)
    if let text = contents.text {
      resource["text"] = .string(text)
    } else {
      resource["blob"] = contents.blob.map(JSON.string)
    }
    let sent = ClientContent.block(["type": "resource", "resource": .object(resource)])
    guard let blob = contents.blob, sent["type"] == "text", sent["text"]?.string?.hasPrefix("[") == true else {
      return sent
    }
    return text(sent, keeping: blob, in: outputs)
  }

  /// A text that stands for data which no model can take, with the name under which it can be read as base64.
  private static func text(_ sent: JSON, keeping data: String, in outputs: CommandOutputs?) -> JSON {
    let words = sent["text"]?.string ?? ""
    guard let outputs, data.utf8.count <= ToolLimits.outputsBytesMax / 2 else { return text(words) }
    return text("\(words) [its base64 can be read: read_file \(outputs.keep(data))]")
  }

  private static func text(_ text: String) -> JSON { ["type": "text", "text": .string(text)] }

  // MARK: Bounds

  /// As much text as one result may have, and the name under which all of it can be read.
  private static func bounded(_ blocks: [JSON], keptIn outputs: CommandOutputs?) -> [JSON] {
    let texts = blocks.compactMap { $0["text"]?.string }
    let size = texts.reduce(0) { $0 + $1.utf8.count }
    guard size > ToolLimits.outputKeptMin else { return blocks }
    var sent = ResultBounds.cut(blocks, to: MCPClientLimits.resultTextMax)
    guard let outputs else { return sent }
    var kept = KeptOutput(headMax: ToolLimits.outputKeptHead, tailMax: ToolLimits.outputKeptTail)
    for text in texts { kept.append(Array("\(text)\n".utf8)[...]) }
    let what = kept.isCut ? "more of the result" : "the whole result"
    sent.append(text("[\(what) can be read: read_file \(outputs.keep(kept.text))]"))
    return sent
  }

  /// Where a result is not what its server said it would be; nothing is lost by it.
  private static func flaw(in result: MCPToolResult, of tool: MCPTool) -> String? {
    guard !result.isError, let schema = tool.outputSchema else { return nil }
    guard let value = result.structuredContent else { return nil }
    let flaws = JSONSchemaValidator.violations(of: value, against: schema)
    guard !flaws.isEmpty else { return nil }
    let list = flaws.prefix(MCPClientLimits.flawsMax).joined(separator: "; ")
    return "[the result does not fit the server's own outputSchema: \(list)]"
  }
}
