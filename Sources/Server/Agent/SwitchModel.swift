internal import Protocol
internal import Providers

/// `switch_model`: changes the model of the session from its next call on, as a person asked for.
///
/// It happens unasked only where the person's own words in the run name the model, or the line it is of: text that a model has
/// read somewhere must not decide what the next runs cost.
package struct SwitchModel: ToolSource {
  private struct Input: Decodable {
    var model: String
    var provider: ProviderID?
  }

  private let sessions: Sessions
  private let models: Models

  /// The tool, for any of those sessions.
  package init(sessions: Sessions, models: Models) {
    self.sessions = sessions
    self.models = models
  }

  package var definitions: [ToolDefinition] { [Self.definition] }

  private static let definition =
    ToolDefinition(
      name: "switch_model",
      description: """
        Changes the model that answers in this conversation, from the next call on. Use it when the person asks for \
        another model, and only then. Takes a model's id, 'sonnet', 'opus' or 'haiku', a Bedrock id or an ARN.
        """,
      inputSchema: ToolDefinition.schema(
        [
          "model": ["type": "string", "minLength": 1, "description": "The model's name as the person gave it."],
          "provider": [
            "type": "string", "enum": ["anthropic", "bedrock"],
            "description": "The service to ask from now on; left out to stay.",
          ],
        ], required: ["model"]))

  package func plan(_ request: ToolRequest, in setting: ToolSetting) throws(ToolError) -> ToolPlan {
    let input: Input = try Self.definition.read(request.input)
    let effect = try effect(of: input, in: setting)
    return ToolPlan(title: "Switch to \(input.model)", effects: [effect]) { _ throws(ToolError) in
      do throws(Failure) {
        let session = try sessions.session(setting.run.sessionId)
        let change = try models.switchModel(of: session, to: input.model, provider: input.provider)
        let notice = change.notice.map { "\n\($0)" } ?? ""
        return ToolOutcome(text: "✅ Now using: \(change.current.providerModelId)\(notice)")
      } catch {
        throw ToolError(.failed, error.message)
      }
    }
  }

  private func effect(of input: Input, in setting: ToolSetting) throws(ToolError) -> ToolEffect {
    do throws(Failure) {
      let session = try sessions.session(setting.run.sessionId)
      let run = session.runs.first { $0.id == setting.run.runId }
      let said = run.map { $0.prompts.map(\.text).joined(separator: "\n") } ?? ""
      let isOther = input.provider != nil && input.provider != session.info.provider
      let isAskedFor = Self.names(input.model, in: said) && (!isOther || Self.names(input.provider, in: said))
      let cost = models.cost(ofSwitching: session, to: input.model, provider: input.provider)
      return .model(name: input.model, cost: cost, isAskedFor: isAskedFor)
    } catch {
      throw ToolError(.failed, error.message)
    }
  }

  /// Whether words name a model, or the line that it is of.
  private static func names(_ model: String, in said: String) -> Bool {
    holds(model, in: said) || (ModelLine.mentioned(in: model).map { holds($0.rawValue, in: said) } ?? false)
  }

  private static func names(_ provider: ProviderID?, in said: String) -> Bool {
    let names =
      switch provider {
      case .anthropic: ["anthropic"]
      case .bedrock: ["bedrock", "aws"]
      case nil: [String]()
      }
    return names.contains { holds($0, in: said) }
  }

  /// Whether a name stands in a text, and not as a part of a longer one; case does not count.
  private static func holds(_ name: String, in text: String) -> Bool {
    let (text, name) = (Array(text.lowercased().utf8), Array(name.lowercased().utf8))
    guard !name.isEmpty else { return false }
    return TextEditing.occurrences(of: name, in: text).contains { place in
      let (before, after) = (place - 1, place + name.count)
      return (before < 0 || !Byte.isAlphanumeric(text[before]))
        && (after >= text.count || !Byte.isAlphanumeric(text[after]))
    }
  }
}
