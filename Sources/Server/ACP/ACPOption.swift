internal import Protocol

/// Something that can be chosen in a session, with what it is now.
struct ACPOption: Equatable, Sendable {
  /// The options by their ids.
  enum Name: String, CaseIterable, Sendable {
    case mode, model, effort, thinking
  }

  /// A value that can be chosen, and its words for people.
  struct Choice: Equatable, Sendable {
    var value: String
    var name: String
    var explanation: String?
  }

  /// What there is to choose.
  enum Value: Equatable, Sendable {
    /// One of these.
    case one(String, of: [Choice])
    /// On or off.
    case toggle(Bool)
  }

  var name: Name
  var title: String
  /// What it is about, in the protocol's words.
  var category: String
  var value: Value

  /// The option as the protocol writes it.
  var json: JSON {
    var option: JSONObject = [
      "id": .string(name.rawValue), "name": .string(title), "category": .string(category),
    ]
    switch value {
    case .toggle(let isOn):
      option["type"] = "boolean"
      option["currentValue"] = .bool(isOn)
    case .one(let current, let choices):
      option["type"] = "select"
      option["currentValue"] = .string(current)
      option["options"] = .array(
        choices.map { choice in
          var option: JSONObject = ["value": .string(choice.value), "name": .string(choice.name)]
          option["description"] = choice.explanation.map { .string($0) }
          return .object(option)
        })
    }
    return .object(option)
  }

  /// What a client chose, as a word: `true` and `false` for what is on or off.
  ///
  /// - Throws: ``RPCError/Code/invalidParams``, with the values that there are.
  func chosen(_ value: JSON) throws(RPCError) -> String {
    let values: [JSON]
    switch self.value {
    case .toggle: values = [true, false]
    case .one(_, let choices): values = choices.map { .string($0.value) }
    }
    guard values.contains(value) else {
      let known = JSON.array(values)
      throw RPCError(
        .invalidParams, "'\(name.rawValue)' has no value \(value.text); it has \(known.text)",
        data: ["configId": .string(name.rawValue), "values": known])
    }
    return value.string ?? value.text
  }
}
