internal import Protocol

/// `switch_model`: changes the model of the session from its next call on, as a person asked for.
struct SwitchModel: Tool {
  private struct Input: Decodable {
    var model: String
    var provider: ProviderID?
  }

  let session: Session
  let models: Models

  var definition: ToolDefinition {
    ToolDefinition(
      name: "switch_model",
      description: """
        Changes the model that answers in this conversation, from the next call on. Use it when the person asks for \
        another model, and only then. Takes a model's id, 'sonnet', 'opus' or 'haiku', a Bedrock id or an ARN.
        """,
      inputSchema: Self.schema(
        [
          "model": ["type": "string", "minLength": 1, "description": "The model's name as the person gave it."],
          "provider": [
            "type": "string", "enum": ["anthropic", "bedrock"],
            "description": "The service to ask from now on; left out to stay.",
          ],
        ], required: ["model"]))
  }

  func plan(_ input: JSON, in workspace: Workspace) throws(ToolError) -> ToolPlan {
    let input: Input = try read(input)
    return ToolPlan(title: "Switch to \(input.model)", effects: []) { _, _ throws(ToolError) in
      do throws(RPCError) {
        let change = try models.switchModel(of: session, to: input.model, provider: input.provider)
        let notice = change.notice.map { "\n\($0)" } ?? ""
        return ToolOutcome(text: "✅ Now using: \(change.current.providerModelId)\(notice)")
      } catch {
        throw ToolError(.failed, error.message)
      }
    }
  }
}
