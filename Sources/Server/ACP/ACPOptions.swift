internal import Protocol
internal import Providers

/// What can be chosen in a session, with the values that the model at hand takes.
struct ACPOptions: Sendable {
  /// The options by their ids.
  enum Name: String, CaseIterable {
    case mode, model, effort, thinking
  }

  let backend: Backend

  /// The modes, and the one that counts.
  func modes(of session: Session) -> JSON {
    [
      "currentModeId": .string(mode(of: session).rawValue),
      "availableModes": .array(
        PermissionMode.allCases.map { mode in
          ["id": .string(mode.rawValue), "name": .string(mode.title), "description": .string(mode.explanation)]
        }),
    ]
  }

  /// All options that apply to the session's model.
  func all(of session: Session) -> JSON {
    let traits = choice(of: session)?.traits
    let options = session.options
    var all = [
      select(
        .mode, "Permissions", category: "mode", mode(of: session).rawValue,
        PermissionMode.allCases.map { ($0.rawValue, $0.title) }),
      select(.model, "Model", category: "model", session.info.model, models(of: session)),
    ]
    if let traits, !traits.efforts.isEmpty {
      let current = options.effort?.rawValue ?? traits.defaultEffort ?? traits.efforts[0]
      all.append(select(.effort, "Effort", category: "thought_level", current, traits.efforts.map { ($0, $0) }))
    }
    let ways = thinkingWays(traits)
    if ways.count > 1 {
      all.append(select(.thinking, "Thinking", category: nil, options.thinking?.type.rawValue ?? "default", ways))
    }
    return .array(all)
  }

  /// Sets an option to one of its values.
  func set(_ name: Name, to value: String, of session: Session) throws {
    guard values(of: name, session).contains(value) else {
      throw RPCError.invalidParams(
        "'\(value)' is no value of '\(name.rawValue)'; it has \(values(of: name, session).joined(separator: ", "))")
    }
    switch name {
    case .mode: _ = session.change { $0.permissionMode = PermissionMode(rawValue: value) }
    case .model: _ = try backend.models.switchModel(of: session, to: value, provider: nil)
    case .effort: _ = session.change { $0.effort = Effort(rawValue: value) }
    case .thinking: _ = session.change { $0.thinking = Thinking.Mode(rawValue: value).map { Thinking(type: $0) } }
    }
  }

  private func values(of name: Name, _ session: Session) -> [String] {
    let option = all(of: session).array?.first { $0["id"]?.string == name.rawValue }
    return option?["options"]?.array?.compactMap { $0["value"]?.string } ?? []
  }

  private func mode(of session: Session) -> PermissionMode {
    session.options.permissionMode ?? backend.engine.desk.defaultMode
  }

  private func choice(of session: Session) -> ModelChoice? {
    let (info, isDefault, _) = session.modelInfo
    return try? backend.engine.providers[info.provider]?.choice(of: info.model, isDefault: isDefault)
  }

  private func models(of session: Session) -> [(value: String, name: String)] {
    let info = session.info
    let known = (try? backend.engine.providers[info.provider]?.knownModels()) ?? []
    let listed = known.map { ($0.id, $0.displayName) }
    // The name that counts is among the values, whatever it is.
    return listed.contains { $0.0 == info.model } ? listed : [(info.model, info.model)] + listed
  }

  private func thinkingWays(_ traits: ModelTraits?) -> [(value: String, name: String)] {
    let known: [(type: String, mode: Thinking.Mode)] = [
      ("adaptive", .adaptive), ("enabled", .enabled), ("between_tools", .betweenTools), ("disabled", .disabled),
    ]
    return [("default", "As the model likes")]
      + known.filter { traits?.thinkingTypes.contains($0.type) == true }.map { ($0.mode.rawValue, $0.mode.rawValue) }
  }

  private func select(
    _ name: Name, _ title: String, category: String?, _ current: String, _ values: [(value: String, name: String)]
  ) -> JSON {
    var option: JSONObject = ["id": .string(name.rawValue), "name": .string(title)]
    if let category { option["category"] = .string(category) }
    option["type"] = "select"
    option["currentValue"] = .string(current)
    option["options"] = .array(values.map { ["value": .string($0.value), "name": .string($0.name)] })
    return .object(option)
  }
}

extension PermissionMode {
  fileprivate var title: String {
    switch self {
    case .ask: "Ask"
    case .acceptEdits: "Accept edits"
    case .readOnly: "Read-only"
    case .bypass: "Bypass permissions"
    }
  }

  fileprivate var explanation: String {
    switch self {
    case .ask: "Changes and commands are asked about"
    case .acceptEdits: "Files in the workspace are changed unasked; commands are asked about"
    case .readOnly: "What would be asked about is refused"
    case .bypass: "Everything happens unasked"
    }
  }
}
