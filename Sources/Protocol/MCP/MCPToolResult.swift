/// What a call of a tool gave.
package struct MCPToolResult: Hashable, Sendable {
  /// What it gave, for the model.
  package var content: [MCPContent]
  /// The same as a value, of any kind.
  package var structuredContent: JSON?
  /// Whether it failed, which the content tells of.
  package var isError: Bool
  /// What else the server tells.
  package var meta: JSONObject

  /// Reads the result of `tools/call`.
  package init(_ members: JSONObject) {
    content = (members["content"]?.array ?? []).map(MCPContent.init)
    structuredContent = members["structuredContent"].flatMap { $0.isNull ? nil : $0 }
    isError = members.flag("isError")
    meta = members["_meta"]?.object ?? JSONObject()
  }
}

/// A result as its `resultType` tells it apart; one without was written before there were several, and is whole.
package enum MCPResult: Hashable, Sendable {
  case complete(JSONObject)
  /// The request is to be repeated with answers to these, by name, and with that state when there is one.
  case inputRequired([MCPInputRequest], state: JSON?)
  /// One of a type that was not asked for, or is no object.
  case unknown(type: String)

  /// Tells a result apart.
  package init(_ json: JSON) {
    guard let members = json.object else {
      self = .unknown(type: json.kindName)
      return
    }
    switch members["resultType"] ?? .null {
    case .null, "complete": self = .complete(members)
    case "input_required":
      let requests = (members["inputRequests"]?.object ?? JSONObject()).map { MCPInputRequest($0.key, $0.value) }
      self = .inputRequired(requests, state: members["requestState"])
    case .string(let type): self = .unknown(type: type)
    case let other: self = .unknown(type: other.kindName)
    }
  }
}

/// Something that a server wants to know before it goes on.
package struct MCPInputRequest: Hashable, Sendable {
  /// What the answer is to be called.
  package var name: String
  /// What is asked: the method that asked it when there was a way back.
  package var method: String
  /// The method's params.
  package var params: JSON?

  init(_ name: String, _ json: JSON) {
    self.name = name
    method = json["method"]?.string ?? ""
    params = json["params"].flatMap { $0.isNull ? nil : $0 }
  }
}
