internal import OperatingSystem
internal import Protocol
internal import Providers

/// `command_output`: what a command in the background has printed.
struct ReadCommandOutput: Tool {
  private struct Input: Decodable {
    var command: Int
    var waitSeconds: Int?
    var until: String?

    enum CodingKeys: String, CodingKey {
      case command, until
      case waitSeconds = "wait_seconds"
    }
  }

  /// What commands run with.
  let settings: CommandSettings

  var definition: ToolDefinition {
    ToolDefinition(
      name: "command_output",
      description: """
        What a command in the background has printed since this was asked last, and whether it has ended. With \
        wait_seconds it is waited for: until the command ends, or has printed the words of until, or the time is up.
        """,
      inputSchema: Self.schema(
        [
          "command": ["type": "integer", "description": "The command's number."],
          "wait_seconds": [
            "type": "integer", "minimum": 0, "maximum": .number(JSONNumber(ToolLimits.commandSecondsMax)),
            "description": "How long to wait; not at all when left out.",
          ],
          "until": [
            "type": "string", "minLength": 1,
            "description": "Words that it prints when it is ready, as 'listening on'.",
          ],
        ], required: ["command"]))
  }

  func plan(_ input: JSON, in workspace: Workspace) throws(ToolError) -> ToolPlan {
    let input: Input = try read(input)
    let settings = settings
    return ToolPlan(title: "Read what command \(input.command) prints", effects: []) {
      context throws(ToolError) in
      let command = try context.backgroundCommands.command(input.command)
      let seconds = input.waitSeconds ?? (input.until == nil ? 0 : ToolLimits.commandSecondsUsual)
      await command.wait(until: input.until, atMost: seconds * 1_000, settings.time)
      guard !Task.isCancelled else { throw .cancelled }
      return command.outcome(settings.mask, context.outputs, in: workspace.confinement)
    }
  }
}

extension ToolContext {
  /// The session's commands in the background.
  ///
  /// - Throws: A ``ToolError`` where there can be none.
  var backgroundCommands: BackgroundCommands {
    get throws(ToolError) {
      guard let background else { throw ToolError(.refused, "Nothing goes on in the background here.") }
      return background
    }
  }
}
