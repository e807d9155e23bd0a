internal import Protocol
internal import Providers

/// What can be chosen in sessions, with the values that the model at hand takes.
struct ACPOptions: Sendable {
  private let backend: Backend

  /// The options of that backend's sessions.
  init(backend: Backend) { self.backend = backend }

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

  /// The mode that counts in a session.
  func mode(of session: Session) -> PermissionMode {
    backend.engine.desk.mode(of: session)
  }

  /// All options that apply to the session's model, for that client.
  func all(of session: Session, for client: ACPClient) -> [ACPOption] {
    let traits = choice(of: session)?.traits
    let modes = PermissionMode.allCases.map {
      ACPOption.Choice(value: $0.rawValue, name: $0.title, explanation: $0.explanation)
    }
    var all = [
      ACPOption(
        name: .mode, title: "Permissions", category: "mode", value: .one(mode(of: session).rawValue, of: modes)),
      ACPOption(
        name: .model, title: "Model", category: "model", value: .one(session.info.model, of: models(of: session))),
    ]
    if let traits, !traits.efforts.isEmpty {
      let wished = [session.options.effort?.rawValue, traits.defaultEffort].compactMap(\.self)
      let current = wished.first(where: traits.efforts.contains) ?? traits.efforts[0]
      let choices = traits.efforts.map { ACPOption.Choice(value: $0, name: $0) }
      all.append(
        ACPOption(name: .effort, title: "Effort", category: "thought_level", value: .one(current, of: choices)))
    }
    if let value = thinking(session.options.thinking?.type, traits, for: client) {
      all.append(ACPOption(name: .thinking, title: "Thinking", category: "model_config", value: value))
    }
    return all
  }

  /// The same in the protocol's form.
  func json(of session: Session, for client: ACPClient) -> JSON { .array(all(of: session, for: client).map(\.json)) }

  /// Sets an option to one of its values.
  ///
  /// - Throws: ``RPCError/Code/invalidParams`` for a value that it does not have, or one that does not apply.
  func set(_ name: ACPOption.Name, to value: JSON, of session: Session, for client: ACPClient) throws {
    let all = all(of: session, for: client)
    guard let option = all.first(where: { $0.name == name }) else {
      throw Self.unknown(name.rawValue, among: all)
    }
    let chosen = try option.chosen(value)
    switch name {
    case .mode: _ = session.change { $0.permissionMode = PermissionMode(rawValue: chosen) }
    case .model: _ = try backend.models.switchModel(of: session, to: chosen, provider: nil)
    case .effort: _ = session.change { $0.effort = Effort(rawValue: chosen) }
    case .thinking:
      let traits = choice(of: session)?.traits
      let mode = value.bool.map { Self.thinking(isOn: $0, traits) } ?? Thinking.Mode(rawValue: chosen)
      _ = session.change { $0.thinking = mode.map { Thinking(type: $0) } }
    }
  }

  /// What is told of an option that does not apply.
  static func unknown(_ name: String, among all: [ACPOption]) -> RPCError {
    let names = all.map(\.name.rawValue)
    return RPCError(
      .invalidParams, "there is no option '\(name)' here; there are \(names.joined(separator: ", "))",
      data: ["configId": .string(name), "configIds": .array(names.map { .string($0) })])
  }

  /// The window of the session's model in tokens; `nil` where it is not known.
  func window(of session: Session) -> Int? {
    choice(of: session)?.window(onBedrock: session.info.provider == .bedrock)?.context
  }

  private func choice(of session: Session) -> ModelChoice? {
    let (info, isDefault, _) = session.modelInfo
    return try? backend.engine.providers[info.provider]?.choice(of: info.model, isDefault: isDefault)
  }

  private func models(of session: Session) -> [ACPOption.Choice] {
    let info = session.info
    let known = (try? backend.engine.providers[info.provider]?.knownModels()) ?? []
    let listed = known.map { ACPOption.Choice(value: $0.id, name: $0.displayName) }
    // The name that counts is among the values, whatever it is.
    let isListed = listed.contains { $0.value == info.model }
    return isListed ? listed : [ACPOption.Choice(value: info.model, name: info.model)] + listed
  }

  /// The ways to think first, where a model has several: on or off where that is all, and the client can show it.
  private func thinking(
    _ mode: Thinking.Mode?, _ traits: ModelTraits?, for client: ACPClient
  ) -> ACPOption.Value? {
    let ways = Self.ways(traits)
    guard !ways.isEmpty else { return nil }
    if client.takesToggles, ways.contains(.disabled) {
      return .toggle((mode ?? (Self.isOffByItself(traits) ? .disabled : .enabled)) != .disabled)
    }
    let choices = ways.map { ACPOption.Choice(value: $0.rawValue, name: $0.title) }
    let current = mode.flatMap { ways.contains($0) ? $0.rawValue : nil } ?? Self.asItLikes.value
    return .one(current, of: [Self.asItLikes] + choices)
  }

  private static func ways(_ traits: ModelTraits?) -> [Thinking.Mode] {
    let known: [(type: String, mode: Thinking.Mode)] = [
      ("adaptive", .adaptive), ("enabled", .enabled), ("between_tools", .betweenTools), ("disabled", .disabled),
    ]
    return known.filter { traits?.thinkingTypes.contains($0.type) == true }.map(\.mode)
  }

  private static func isOffByItself(_ traits: ModelTraits?) -> Bool { traits?.thinkingDefault == "disabled" }

  /// The way that on or off means; `nil` for the model's own.
  private static func thinking(isOn: Bool, _ traits: ModelTraits?) -> Thinking.Mode? {
    guard isOn else { return .disabled }
    return isOffByItself(traits) ? ways(traits).first { $0 != .disabled } : nil
  }

  private static let asItLikes = ACPOption.Choice(value: "default", name: "As the model likes")
}

extension Thinking.Mode {
  fileprivate var title: String {
    switch self {
    case .adaptive: "As the task needs"
    case .enabled: "Always"
    case .betweenTools: "Between tools"
    case .disabled: "Never"
    }
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
