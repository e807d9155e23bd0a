internal import Protocol

/// `switch_model`: changes the model of the session from its next call on, as a person asked for.
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
    return ToolPlan(title: "Switch to \(input.model)", effects: []) { _ throws(ToolError) in
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
}
