internal import Protocol

/// A member that a file of settings can have: all that is known of it, for the reader, the schema and `config/get`.
///
/// What is not in this table does not exist.
struct SettingsMember: Sendable {
  /// What a project's file does by naming it.
  enum Reach: Hashable, Sendable {
    /// It forbids, asks, or chooses among what is free: it acts.
    case acts
    /// It allows, runs or widens something: it acts once the person has trusted exactly that.
    case widens
    /// The same, where it is freer than what would hold otherwise.
    case widensMode
    /// It is the person's own to say: in a project's file it is named, and says nothing.
    case personal
  }

  typealias Take = @Sendable (JSON, inout Taken) throws(JSONDecodingError) -> Void

  /// What a file's members came to.
  struct Taken {
    var settings = Settings()
    /// What is wrong, with its place.
    var flaws: [(place: String, reason: String)] = []
  }

  /// Its name; what stands behind a dot is a member of an object.
  let name: String
  /// What it means, for people.
  let does: String
  /// What its values look like, found out where that is asked: no start waits for what a schema alone needs.
  let schema: @Sendable () -> JSON
  let reach: Reach
  /// Takes its value over.
  let take: Take
  /// Its value; `nil` where it says nothing.
  private(set) var give: @Sendable (Settings) -> JSON?
  /// Takes it away, where a project's file may not say it by itself.
  let clear: @Sendable (inout Settings) -> Void

  /// Whether what all layers say holds together; otherwise the first that says something counts.
  var isJoined = false

  private init(
    _ name: String, _ does: String, _ reach: Reach, schema: @autoclosure @escaping @Sendable () -> JSON,
    isJoined: Bool = false, take: @escaping Take,
    give: @escaping @Sendable (Settings) -> JSON?, clear: @escaping @Sendable (inout Settings) -> Void = { _ in }
  ) {
    (self.name, self.does, self.reach, self.schema, self.isJoined) = (name, does, reach, schema, isJoined)
    (self.take, self.give, self.clear) = (take, give, clear)
  }

  /// All of them, in the order of the schema.
  static let all: [SettingsMember] = [
    plain("model", "The model of sessions that name none.", .acts, \.model, check: Check.model),
    plain(
      "fallbackModel", "The model that answers when that one is overloaded, or refuses.", .acts, \.fallbackModel,
      check: Check.model),
    plain("effort", "How hard models should try.", .acts, \.effort),
    plain("provider", "Who answers.", .widens, \.provider),
    plain("region", "The AWS region, a list of them, or auto.", .widens, \.region),
    command("apiKeyHelper", "A command that prints the key of the Anthropic API.", \.apiKeyHelper),
    command("awsAuthRefresh", "A command that renews credentials of AWS, such as aws sso login.", \.awsAuthRefresh),
    rules("allow", "What happens unasked.", .widens, \.allow) { rules throws(PermissionRule.Problem) in
      try RuleSet(allow: rules)
    },
    rules("ask", "What is asked about, whatever else would allow it.", .acts, \.ask) {
      rules throws(PermissionRule.Problem) in try RuleSet(ask: rules)
    },
    rules("deny", "What does not happen.", .acts, \.deny) { rules throws(PermissionRule.Problem) in
      try RuleSet(deny: rules)
    },
    plain("permissions.mode", "What happens unasked where no rule speaks of it.", .widensMode, \.mode),
    servers,
    tools("offered", "The tools that models are offered; all where it is left out.") { settings, names in
      settings.offeredTools = names
    } give: {
      $0.offeredTools
    },
    tools("withheld", "The tools that models are not offered.") { settings, names in
      settings.withheldTools = names
    } give: {
      $0.withheldTools.isEmpty ? nil : $0.withheldTools
    },
    plain("sessions", "The folder in which sessions are kept: an absolute path, or one from ~.", .widens, \.sessions) {
      path throws(Failure) in
      guard path.hasPrefix("/") || path.hasPrefix("~/"), !path.utf8.contains(0) else {
        throw .invalidParams("a folder begins with / or ~/")
      }
    },
    plain(
      "sessionsKeep", "How long they are kept since something was said in them, as in 30d.", .widens, \.sessionsKeep
    ) { text throws(Failure) in _ = try StoreRules(keep: text, bytes: nil) },
    plain("sessionsMax", "How many bytes all of them may have, as in 1GB.", .widens, \.sessionsMax) {
      text throws(Failure) in _ = try StoreRules(keep: nil, bytes: text)
    },
    perDay, hooks(.preToolUse, "Commands that are run before a call of a tool."),
    hooks(.postToolUse, "Commands that are run after one."),
    hooks(.userPromptSubmit, "Commands that are run before the model reads a prompt."),
    hooks(.stop, "Commands that are run when the model has said all that it wants to."),
    plain(
      "keepAnswers",
      "Whether what you answer 'always', and which project's servers and settings you trust so, is kept in state.json.",
      .personal, \.keepAnswers),
  ]

  /// The one of that name.
  static func named(_ name: String) -> SettingsMember? { all.first { $0.name == name } }

  /// Whether members of that object are in the table.
  static func isObject(_ name: String) -> Bool { all.contains { $0.name.hasPrefix(name + ".") } }
}

// MARK: - Members by what they hold

extension SettingsMember {
  private static func plain<Value: Codable & Sendable>(
    _ name: String, _ does: String, _ reach: Reach, _ place: any WritableKeyPath<Settings, Value?> & Sendable,
    check: @escaping @Sendable (Value) throws(Failure) -> Void = { _ throws(Failure) in }
  ) -> SettingsMember {
    SettingsMember(name, does, reach, schema: JSONSchema.of(Value.self)) { json, taken throws(JSONDecodingError) in
      let value = try json.decode(Value.self)
      do throws(Failure) { try check(value) } catch {
        throw JSONDecodingError(path: "", reason: "is wrong: \(error.message)")
      }
      taken.settings[keyPath: place] = value
    } give: {
      $0[keyPath: place].flatMap { try? JSON(encoding: $0) }
    } clear: {
      $0[keyPath: place] = nil
    }
  }

  private static func command(
    _ name: String, _ does: String, _ place: any WritableKeyPath<Settings, String?> & Sendable
  ) -> SettingsMember {
    var member = plain(name, does, .widens, place) { text throws(Failure) in
      guard text.contains(where: { !$0.isWhitespace }), !text.utf8.contains(0) else {
        throw .invalidParams("a command has at least a word, and no zero byte")
      }
    }
    // What stands in it may be secret.
    member.give = { $0[keyPath: place].map { _ in "given" } }
    return member
  }

  private static func rules(
    _ name: String, _ does: String, _ reach: Reach, _ place: any KeyPath<RuleSet, [PermissionRule]> & Sendable,
    made: @escaping @Sendable ([PermissionRule]) throws(PermissionRule.Problem) -> RuleSet
  ) -> SettingsMember {
    SettingsMember(
      "permissions.\(name)", does, reach, schema: ["type": "array", "items": ["type": "string"]], isJoined: true
    ) { json, taken throws(JSONDecodingError) in
      let list = try json.decode([JSON].self)
      var rules: [PermissionRule] = []
      for (number, element) in list.enumerated() {
        let place = "permissions.\(name)[\(number)]"
        guard let text = element.string else {
          taken.flaws.append((place, "must be a rule, and is \(element.kindName)"))
          continue
        }
        do throws(PermissionRule.Problem) {
          let rule = try PermissionRule(text)
          _ = try rule.unknownTool(among: [])
          rules.append(rule)
        } catch {
          taken.flaws.append((place, error.description))
        }
      }
      let kept = Array(rules.prefix(PermissionLimits.rulesMax))
      if kept.count < rules.count {
        taken.flaws.append(("permissions.\(name)", "has more than \(PermissionLimits.rulesMax) rules; the first count"))
      }
      guard let set = try? made(kept) else { return }
      taken.settings.rules = taken.settings.rules.joined(with: set)
    } give: { settings in
      let rules = settings.rules[keyPath: place]
      return rules.isEmpty ? nil : .array(rules.map { .string($0.text) })
    } clear: {
      $0.rules = $0.rules.withoutAllowing
    }
  }

  private static func tools(
    _ name: String, _ does: String, set: @escaping @Sendable (inout Settings, [String]) -> Void,
    give: @escaping @Sendable (Settings) -> [String]?
  ) -> SettingsMember {
    SettingsMember("tools.\(name)", does, .acts, schema: JSONSchema.of([String].self), isJoined: true) {
      json, taken throws(JSONDecodingError) in
      set(&taken.settings, try json.decode([String].self))
    } give: {
      give($0).map { .array($0.map(JSON.string)) }
    }
  }

  private static func hooks(_ event: HookEvent, _ does: String) -> SettingsMember {
    SettingsMember(
      "hooks.\(event.rawValue)", does, .widens, schema: JSONSchema.of([HookGroup].self), isJoined: true
    ) { json, taken throws(JSONDecodingError) in
      for (number, group) in try json.decode([JSON].self).enumerated() {
        let place = "hooks.\(event.rawValue)[\(number)]"
        do throws(JSONDecodingError) {
          let group = try group.decode(HookGroup.self)
          if let flaw = group.flaw {
            taken.flaws.append((place, "\(flaw); it is left out"))
          } else {
            taken.settings.hooks[event, default: []].append(group)
          }
        } catch {
          taken.flaws.append((error.path.isEmpty ? place : "\(place).\(error.path)", "\(error.reason); it is left out"))
        }
      }
    } give: {
      $0.hooks[event].flatMap { try? JSON(encoding: $0) }
    } clear: {
      $0.hooks[event] = nil
    }
  }

  private static let servers = SettingsMember(
    "mcpServers", "MCP servers by name, as .mcp.json has them.", .widens,
    schema: JSONSchema.of(ByName<MCPServerEntry>.self), isJoined: true
  ) { json, taken throws(JSONDecodingError) in
    taken.settings.mcpServers = try json.decode(JSONObject.self)
  } give: { settings in
    // What stands in them may be secret.
    settings.mcpServers.isEmpty ? nil : .array(settings.mcpServers.map { .string($0.key) })
  } clear: {
    $0.mcpServers = JSONObject()
  }

  private static let perDay = SettingsMember(
    "budgets.perDay", "What all runs may cost in a day (UTC), in US dollars. A project's file can only lower it.",
    .acts,
    schema: ["type": "number", "minimum": 0], isJoined: true
  ) { json, taken throws(JSONDecodingError) in
    guard case .number(let number) = json, let amount = Picodollars.parse(number) else {
      throw JSONDecodingError(path: "", reason: "must be a number of dollars, at least 0, and is \(json.kindName)")
    }
    taken.settings.perDay = amount
  } give: {
    $0.perDay.map(Picodollars.json)
  }
}
